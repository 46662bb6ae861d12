namespace TacHost.Services;

/// <summary>The state of a service.</summary>
public enum ServiceState
{
    /// <summary>The service has not been started, or has stopped. It holds no resources.</summary>
    Stopped,

    /// <summary>The start has begun, possibly only its privileged part, and has not completed.</summary>
    Starting,

    /// <summary>The start has succeeded.</summary>
    Running,

    /// <summary>The stop has begun and has not completed.</summary>
    Stopping,

    /// <summary>The start, the long-running body or the stop has thrown. The service can be started again, after a stop if it failed while it was running.</summary>
    Failed,
}
