namespace TacHost.Services.Supervision;

/// <summary>A service has failed although its supervisor has restarted its children as often as it may.</summary>
public sealed class RestartLimitException : Exception
{
    /// <summary>Initializes the exception.</summary>
    public RestartLimitException(string message, Exception? innerException)
        : base(message, innerException)
    {
    }
}
