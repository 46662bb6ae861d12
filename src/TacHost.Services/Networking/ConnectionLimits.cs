namespace TacHost.Services.Networking;

/// <summary>The limits for the connections of a server: their number and their idle time.</summary>
public sealed class ConnectionLimits
{
    /// <summary>
    /// Gets the maximum number of connections over all addresses of the server, including those in a handshake. Defaults to null: limited only by the system.
    /// </summary>
    public int? MaxConnections { get; init => field = SettingRange.Limit(value); }

    /// <summary>
    /// Gets the maximum number of connections from one IP address. Further ones are refused. Defaults to null: limited only by <see cref="MaxConnections"/>.
    /// </summary>
    /// <remarks>
    /// Behind a proxy that sends PROXY headers, the address is that of the original client. Peers on UNIX sockets do not have an address and are not limited.
    /// </remarks>
    public int? MaxConnectionsPerAddress { get; init => field = SettingRange.Limit(value); }

    /// <summary>Gets the action for a connection beyond <see cref="MaxConnections"/>. Defaults to <see cref="ConnectionLimitBehavior.Wait"/>.</summary>
    public ConnectionLimitBehavior OnLimitReached { get; init; }

    /// <summary>Gets the time without sent or received data after which a connection is closed. Defaults to null: no limit.</summary>
    /// <remarks>
    /// The protocol receives a <see cref="TimeoutException"/> as the reason. A timeout is detected late by at most a quarter of the time.
    /// A peer that does not read the queued data is idle too, and its connection is aborted.
    /// </remarks>
    public TimeSpan? IdleTimeout { get; init => field = SettingRange.Timeout(value); }
}
