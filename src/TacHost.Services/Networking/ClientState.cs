namespace TacHost.Services.Networking;

/// <summary>The connection state of a <see cref="ClientService"/>, which documents the transitions.</summary>
public enum ClientState
{
    /// <summary>The service has never been started.</summary>
    Init,

    /// <summary>A connection attempt is in progress, or the connection is being prepared.</summary>
    Connecting,

    /// <summary>The last attempt failed or the connection was lost. The service waits for the next attempt.</summary>
    Waiting,

    /// <summary>The connection is established.</summary>
    Connected,

    /// <summary>The service is stopping. The attempt is being cancelled, or the connection is being closed.</summary>
    Disconnecting,

    /// <summary>The connection is being closed, and the next attempt follows at once.</summary>
    Restarting,

    /// <summary>The service has stopped.</summary>
    Stopped,
}
