using System.Reflection;

namespace TacHost;

/// <summary>Finds the exception with the reason, inside wrapper exceptions.</summary>
internal static class RootCause
{
    /// <summary>Returns the innermost exception below those of type initializers, reflection and tasks, whose messages do not contain a reason.</summary>
    public static Exception Of(Exception exception)
    {
        while (exception is TypeInitializationException or TargetInvocationException or AggregateException { InnerExceptions.Count: 1 } && exception.InnerException is { } inner)
            exception = inner;
        return exception;
    }
}
