using System.Net;
using System.Net.Sockets;
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

    /// <summary>Gets the kind, such as <c>tcp</c> or <c>tls</c>: the text before the first colon.</summary>
    public string Scheme => ToString() is var text && text.IndexOf(':', StringComparison.Ordinal) is >= 0 and var colon ? text[..colon] : text;

    /// <summary>Returns an endpoint on a TCP port of a host.</summary>
    /// <param name="host">The name or the address of the host.</param>
    /// <param name="port">The port.</param>
    /// <param name="timeout">How long an attempt may take. Defaults to null: 30 seconds.</param>
    /// <param name="bindAddress">The address to connect from. Defaults to null: the system picks one.</param>
    /// <exception cref="ArgumentOutOfRangeException">The port is not between 1 and 65535, or the timeout is not positive.</exception>
    public static ClientEndpoint Tcp(string host, int port, TimeSpan? timeout = null, IPAddress? bindAddress = null) => new TcpClientEndpoint(host, port, timeout, bindAddress);

    /// <summary>Returns an endpoint on a TCP port of a host where TLS is spoken.</summary>
    /// <param name="host">The name of the host, for which its certificate must be.</param>
    /// <param name="port">The port.</param>
    /// <param name="timeout">How long an attempt may take, handshake included. Defaults to null: 30 seconds.</param>
    /// <param name="bindAddress">The address to connect from. Defaults to null: the system picks one.</param>
    /// <exception cref="ArgumentOutOfRangeException">The port is not between 1 and 65535, or the timeout is not positive.</exception>
    public static ClientEndpoint Tls(string host, int port, TimeSpan? timeout = null, IPAddress? bindAddress = null) => new TlsClientEndpoint(host, port, timeout, bindAddress);

    /// <summary>Returns an endpoint on a UNIX socket.</summary>
    /// <param name="path">The path of the socket file.</param>
    /// <param name="timeout">How long an attempt may take. Defaults to null: 30 seconds.</param>
    /// <exception cref="ArgumentException">The path is empty or has a NUL character in it.</exception>
    public static ClientEndpoint Unix(string path, TimeSpan? timeout = null) => new UnixClientEndpoint(path, timeout);

    /// <summary>Returns an endpoint of another kind: a library that knows one connects the socket itself.</summary>
    /// <param name="text">The text of the endpoint, beginning with its kind and a colon; see <see cref="Endpoint.RegisterClient"/>.</param>
    /// <param name="connectAsync">Makes a connected stream socket. It belongs to the connection from then on.</param>
    public static ClientEndpoint Custom(string text, Func<CancellationToken, Task<Socket>> connectAsync)
    {
        ArgumentException.ThrowIfNullOrEmpty(text);
        ArgumentNullException.ThrowIfNull(connectAsync);
        return new CustomClientEndpoint(text, connectAsync);
    }

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
