namespace TacHost.Services.Networking;

/// <summary>Where a <see cref="ClientService"/> is; its remarks say how it gets from one to another.</summary>
public enum ClientState
{
    /// <summary>It has never been started.</summary>
    Init,

    /// <summary>An attempt to connect is under way, or the connection is being prepared.</summary>
    Connecting,

    /// <summary>The last attempt failed or the connection was lost, and the next attempt waits for its time.</summary>
    Waiting,

    /// <summary>There is a connection.</summary>
    Connected,

    /// <summary>The service stops: the attempt is given up, or the connection is being closed.</summary>
    Disconnecting,

    /// <summary>The connection is being closed, and the next is to follow at once.</summary>
    Restarting,

    /// <summary>The service has stopped.</summary>
    Stopped,
}
