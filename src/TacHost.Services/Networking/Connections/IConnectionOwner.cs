using System.Net;

namespace TacHost.Services.Networking.Connections;

/// <summary>Who made a connection, and knows that it is open: a listener, or a client.</summary>
internal interface IConnectionOwner
{
    /// <summary>The address that each of its connections has on this side, or null if they have to be asked.</summary>
    EndPoint? LocalEndPoint { get; }

    /// <summary>How long a connection may be idle, or null for ever.</summary>
    TimeSpan? IdleTimeout { get; }

    /// <summary>Whether it is being closed: connections that only linger are not waited for long.</summary>
    bool IsClosing { get; }

    /// <summary>Gets the token that is cancelled when the server stops.</summary>
    CancellationToken StoppingToken { get; }

    /// <summary>Waits for its connections, or null if each is to wait by itself.</summary>
    SocketPoller? Poller { get; }

    /// <summary>Where its connections are counted, or null for nowhere.</summary>
    ConnectionCounts? Counts { get; }

    /// <summary>Counts in a connection that goes on after its first callback.</summary>
    void Keep(IConnection connection);

    /// <summary>Counts it out again, after its last callback.</summary>
    void Release(IConnection connection);
}
