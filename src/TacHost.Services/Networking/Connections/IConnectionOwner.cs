using System.Net;

namespace TacHost.Services.Networking.Connections;

/// <summary>The owner of connections: a listener or a client.</summary>
internal interface IConnectionOwner
{
    /// <summary>Gets the common local address of the connections, or null if each connection must query its own.</summary>
    EndPoint? LocalEndPoint { get; }

    /// <summary>Gets the idle timeout of a connection, or null for no timeout.</summary>
    TimeSpan? IdleTimeout { get; }

    /// <summary>Gets whether the owner is closing. If so, lingering closes are shortened.</summary>
    bool IsClosing { get; }

    /// <summary>Gets the token that is cancelled when the server stops.</summary>
    CancellationToken StoppingToken { get; }

    /// <summary>Gets the poller of the connections, or null if each connection waits separately.</summary>
    SocketPoller? Poller { get; }

    /// <summary>Gets the counters of the connections, or null if they are not counted.</summary>
    ConnectionCounts? Counts { get; }

    /// <summary>Adds a connection that stays open after its first callback.</summary>
    void Add(IConnection connection);

    /// <summary>Removes a connection after its last callback.</summary>
    void Remove(IConnection connection);
}
