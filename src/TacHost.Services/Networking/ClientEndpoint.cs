using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using TacHost.Services.Networking.Connecting;
using TacHost.Services.Networking.Endpoints;

namespace TacHost.Services.Networking;

/// <summary>A place to which a client can connect.</summary>
/// <remarks>Only a description; two with the same text are equal. Ported from <c>twisted.internet.interfaces.IStreamClientEndpoint</c>.</remarks>
public abstract class ClientEndpoint : IEquatable<ClientEndpoint>
{
    private protected ClientEndpoint()
    {
    }

    /// <summary>How long a connection attempt may take, with the look-up of the name and the TLS handshake. Defaults to 30 seconds.</summary>
    public TimeSpan Timeout { get; private protected init; } = ClientKinds.DefaultTimeout;

    /// <summary>The text that <see cref="Endpoint.ParseClient"/> reads as this endpoint.</summary>
    public abstract override string ToString();

    /// <summary>Connects once, and gives the connection a protocol from a factory.</summary>
    /// <remarks>
    /// The addresses of a name are all tried, a quarter of a second apart, and the first that answers is taken. The connection belongs to the caller: no service closes it.
    /// In a tree, <see cref="ClientService"/> and <see cref="StreamClient"/> do.
    /// </remarks>
    /// <param name="factory">Builds the protocol; started for the time of this connection.</param>
    /// <param name="logger">For the factory and its protocols, unless the factory is in use already. Defaults to null: logs nowhere.</param>
    /// <param name="cancellationToken">Gives the attempt up. Has no effect on a connection.</param>
    /// <returns>The protocol, after its <see cref="Protocol.ConnectionMade"/>; others of its callbacks may have come too.</returns>
    /// <exception cref="CannotConnectException">There is no connection.</exception>
    public async Task<Protocol> ConnectAsync(ClientFactory factory, ILogger? logger = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(factory);
        factory.DoStart(logger ?? NullLogger.Instance);
        ClientConnection? connection = null;
        try
        {
            connection = await ClientConnection.ConnectAsync(this, factory, null, TimeProvider.System, cancellationToken);
            return connection.Protocol;
        }
        finally
        {
            _ = StopAfterAsync(connection?.Ended ?? Task.CompletedTask);
        }

        async Task StopAfterAsync(Task ended)
        {
            await ended;
            factory.DoStop();
        }
    }

    /// <summary>Connects a protocol once. Ported from <c>twisted.internet.endpoints.connectProtocol</c>.</summary>
    /// <param name="protocol">A new one, for this connection.</param>
    /// <param name="logger">For the protocol. Defaults to null: logs nowhere.</param>
    /// <param name="cancellationToken">Gives the attempt up. Has no effect on a connection.</param>
    /// <returns>The protocol, as from <see cref="ConnectAsync"/>.</returns>
    /// <exception cref="CannotConnectException">There is no connection.</exception>
    public async Task<TProtocol> ConnectProtocolAsync<TProtocol>(TProtocol protocol, ILogger? logger = null, CancellationToken cancellationToken = default)
        where TProtocol : Protocol
    {
        ArgumentNullException.ThrowIfNull(protocol);
        await ConnectAsync(ClientFactory.ForProtocol(() => protocol), logger, cancellationToken);
        return protocol;
    }

    /// <inheritdoc/>
    public bool Equals(ClientEndpoint? other) => other is not null && other.ToString() == ToString();

    /// <inheritdoc/>
    public sealed override bool Equals(object? obj) => Equals(obj as ClientEndpoint);

    /// <inheritdoc/>
    public sealed override int GetHashCode() => ToString().GetHashCode(StringComparison.Ordinal);

    /// <summary>Opens a socket to that place, up to where the protocol begins.</summary>
    /// <remarks>Throws a <see cref="CannotConnectException"/>, or what <see cref="ConnectFailure"/> makes one of; leaves nothing open then.</remarks>
    internal abstract Task<OpenedSocket> OpenAsync(CancellationToken cancellationToken);
}
