using TacHost.Services;
using TacHost.Services.Networking;

namespace TacHost;

/// <summary>The message for an exception of a tac or a plugin.</summary>
internal static class FailureText
{
    /// <summary>Returns such as <c>InvalidOperationException at poem.csx:line 4: the reason</c>, then the line of source with a caret.</summary>
    public static string Of(Exception exception)
    {
        var cause = RootCause.Of(exception);
        var place = FailurePlace.Of(exception);
        return $"{cause.GetType().Name}{place}: {MessageOf(cause)}{place.Source()}";
    }

    /// <summary>Returns the sentence about a failed start. The message of an I/O error outside of the tac file names the file itself.</summary>
    /// <param name="failure">The exception that ended the start.</param>
    /// <param name="service">The service that threw it, or null if it is unknown.</param>
    public static string OfStart(Exception failure, IService? service)
    {
        if (failure is ServiceFailedException { InnerException: { } inner } failed && FailurePlace.Of(inner).Place is not null)
            return $"The service '{failed.ServicePath}' has failed: {Of(inner)}";
        if (service is null || failure is CannotListenException)
            return failure.Message;
        return $"The service '{service.ServicePath}' failed to start: {(failure is IOException && FailurePlace.Of(failure).Place is null ? failure.Message : Of(failure))}";
    }

    /// <summary>Returns the message without the parts that .NET appends: the parameter and its value.</summary>
    public static string MessageOf(Exception cause) =>
        cause is ArgumentException { ParamName: { } name } && cause.Message.IndexOf($" (Parameter '{name}')", StringComparison.Ordinal) is > 0 and var end ? cause.Message[..end] : cause.Message;
}
