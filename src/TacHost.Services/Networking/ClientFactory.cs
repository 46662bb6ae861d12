using System.Net;

namespace TacHost.Services.Networking;

/// <summary>A factory that builds a protocol for each connection of a client and holds the shared state of the protocols.</summary>
/// <remarks>
/// The callbacks of one connection are called in this order: <see cref="StartedConnecting"/>, then either <see cref="ClientConnectionFailed"/>, or
/// <see cref="Factory.BuildProtocol"/>, the protocol's callbacks and <see cref="ClientConnectionLost"/>. They must not block. An exception is logged.
/// Ported from <c>twisted.internet.protocol.ClientFactory</c>; <see cref="ClientService"/> decides about reconnecting, so there is no connector.
/// </remarks>
public abstract class ClientFactory : Factory
{
    /// <summary>Returns a factory that creates its protocols with a function.</summary>
    /// <param name="build">The function, called for each connection. Returning null closes the connection.</param>
    public static ClientFactory ForProtocol(Func<Protocol?> build)
    {
        ArgumentNullException.ThrowIfNull(build);
        return new SimpleFactory(build);
    }

    /// <summary>Called when an attempt to connect begins.</summary>
    protected internal virtual void StartedConnecting(ClientEndpoint endpoint)
    {
    }

    /// <summary>Called when an attempt to connect has failed.</summary>
    /// <param name="endpoint">The endpoint.</param>
    /// <param name="reason">A <see cref="CannotConnectException"/>, or an <see cref="OperationCanceledException"/> if the attempt was cancelled.</param>
    protected internal virtual void ClientConnectionFailed(ClientEndpoint endpoint, Exception reason)
    {
    }

    /// <summary>Called when the connection has closed, after <see cref="Protocol.ConnectionLost"/>.</summary>
    /// <param name="endpoint">The endpoint.</param>
    /// <param name="reason">The reason of the loss, or null if either side closed the connection in good order.</param>
    protected internal virtual void ClientConnectionLost(ClientEndpoint endpoint, Exception? reason)
    {
    }

    private sealed class SimpleFactory(Func<Protocol?> build) : ClientFactory
    {
        protected internal override Protocol? BuildProtocol(EndPoint peer) => build();
    }
}
