using System.Net;

namespace TacHost.Services.Networking;

/// <summary>Builds a protocol for each connection that a client makes, and holds their shared state.</summary>
/// <remarks>
/// The calls about one connection come in this order: <see cref="StartedConnecting"/>, then either <see cref="ClientConnectionFailed"/>, or
/// <see cref="Factory.BuildProtocol"/>, the protocol's callbacks and <see cref="ClientConnectionLost"/>. They must not block; one that throws is logged.
/// Ported from <c>twisted.internet.protocol.ClientFactory</c>; what to do after a loss is <see cref="ClientService"/>'s to decide, so there is no connector.
/// </remarks>
public abstract class ClientFactory : Factory
{
    /// <summary>A factory whose protocols a function creates.</summary>
    /// <param name="build">Called for each connection. Returning null closes the connection.</param>
    public static ClientFactory ForProtocol(Func<Protocol?> build)
    {
        ArgumentNullException.ThrowIfNull(build);
        return new SimpleFactory(build);
    }

    /// <summary>An attempt to connect begins.</summary>
    protected internal virtual void StartedConnecting(ClientEndpoint endpoint)
    {
    }

    /// <summary>The attempt did not lead to a connection.</summary>
    /// <param name="endpoint">The endpoint.</param>
    /// <param name="reason">A <see cref="CannotConnectException"/>, or an <see cref="OperationCanceledException"/> if the attempt was given up.</param>
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
