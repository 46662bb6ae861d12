namespace TacHost.Services.Networking;

/// <summary>How many connections a server has at a time, and how long one may be idle.</summary>
public sealed class ConnectionLimits
{
    /// <summary>How many connections there may be in all, over all addresses of the server. Counts from the accept, so that handshakes are in it. Defaults to null: as many as the system allows.</summary>
    public int? Connections { get; init; }

    /// <summary>How many connections one address may have; behind a proxy that sends PROXY headers, the real client's. Peers on UNIX sockets have none. Further ones are refused. Defaults to null: as many as there may be in all.</summary>
    public int? ConnectionsPerAddress { get; init; }

    /// <summary>What happens to a connection beyond <see cref="Connections"/>. Defaults to <see cref="LimitAction.Wait"/>.</summary>
    public LimitAction WhenReached { get; init; }

    /// <summary>How long nothing may be sent or received on a connection before it is closed; its protocol is told by a <see cref="TimeoutException"/>. Noticed within a quarter of it. Defaults to null: for ever.</summary>
    /// <remarks>A peer that takes nothing of what is waiting to be sent is idle too, and is aborted.</remarks>
    public TimeSpan? IdleTimeout { get; init; }
}
