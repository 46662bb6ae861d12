namespace TacHost.Services;

/// <summary>The exception for a running service that has failed.</summary>
public sealed class ServiceFailedException : Exception
{
    /// <summary>Initializes an exception for one service.</summary>
    public ServiceFailedException(string servicePath, Exception failure)
        : base($"The service '{servicePath}' has failed: {(failure is null ? "" : RootCause.Of(failure).Message)}", failure) => ServicePath = servicePath;

    /// <summary>Gets the <see cref="IService.ServicePath"/> of the failed service.</summary>
    public string ServicePath { get; }
}
