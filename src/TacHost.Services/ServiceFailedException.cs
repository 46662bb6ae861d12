namespace TacHost.Services;

/// <summary>A running service has failed.</summary>
public sealed class ServiceFailedException : Exception
{
    /// <summary>Makes the exception for one service.</summary>
    public ServiceFailedException(string servicePath, Exception failure)
        : base($"The service '{servicePath}' has failed: {(failure is null ? "" : RootCause.Of(failure).Message)}", failure) => ServicePath = servicePath;

    /// <summary>The <see cref="IService.ServicePath"/> of the service that failed.</summary>
    public string ServicePath { get; }
}
