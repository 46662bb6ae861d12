using System.Reflection;

namespace TacHost;

/// <summary>Finds the exception that says why, inside of those that only say where.</summary>
internal static class RootCause
{
    /// <summary>Returns the innermost exception below those of type initializers, reflection and tasks, whose messages give no reason.</summary>
    public static Exception Of(Exception exception)
    {
        while (exception is TypeInitializationException or TargetInvocationException or AggregateException { InnerExceptions.Count: 1 } && exception.InnerException is { } inner)
            exception = inner;
        return exception;
    }
}
