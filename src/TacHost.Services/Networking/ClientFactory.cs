using System.Net;

namespace TacHost.Services.Networking;

/// <summary>Builds a protocol for each connection that a client makes, and keeps what they share.</summary>
/// <remarks>
/// The calls about one connection come in this order: <see cref="StartedConnecting"/>, then either <see cref="ClientConnectionFailed"/>, or
/// <see cref="Factory.BuildProtocol"/>, the protocol's callbacks and <see cref="ClientConnectionLost"/>. They must not block; one that throws is logged.
/// Ported from <c>twisted.internet.protocol.ClientFactory</c>; what to do after a loss is <see cref="ClientService"/>'s to decide, so there is no connector.
/// </remarks>
public abstract class ClientFactory : Factory
{
    /// <summary>A factory that builds what a function returns, and nothing more.</summary>
    /// <param name="build">Called for each connection. Returning null gives the connection up.</param>
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
    /// <param name="endpoint">Where to.</param>
    /// <param name="reason">A <see cref="CannotConnectException"/>, or an <see cref="OperationCanceledException"/> if the attempt was given up.</param>
    protected internal virtual void ClientConnectionFailed(ClientEndpoint endpoint, Exception reason)
    {
    }

    /// <summary>The connection is gone. Called after <see cref="Protocol.ConnectionLost"/>.</summary>
    /// <param name="endpoint">Where to.</param>
    /// <param name="reason">What ended it, or null if it was closed in good order by either side.</param>
    protected internal virtual void ClientConnectionLost(ClientEndpoint endpoint, Exception? reason)
    {
    }

    private sealed class SimpleFactory(Func<Protocol?> build) : ClientFactory
    {
        protected internal override Protocol? BuildProtocol(EndPoint peer) => build();
    }
}
