namespace TacHost.Services;

/// <summary>Where a service stands between its start and its stop.</summary>
public enum ServiceState
{
    /// <summary>Not started yet, or stopped again; it holds nothing.</summary>
    Stopped,

    /// <summary>Its start has begun, possibly only the privileged part of it, and has not ended.</summary>
    Starting,

    /// <summary>Its start has ended well.</summary>
    Running,

    /// <summary>Its stop has begun and has not ended.</summary>
    Stopping,

    /// <summary>Its start, its long-running body or its stop has thrown. It can be started again once it has been stopped.</summary>
    Failed,
}
