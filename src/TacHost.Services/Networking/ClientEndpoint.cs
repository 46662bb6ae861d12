using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using TacHost.Services.Networking.Connecting;
using TacHost.Services.Networking.Endpoints;

namespace TacHost.Services.Networking;

/// <summary>An endpoint that a client can connect to.</summary>
/// <remarks>
/// An endpoint is only a description. Two endpoints with the same text are equal. Ported from <c>twisted.internet.interfaces.IStreamClientEndpoint</c>.
/// </remarks>
public abstract class ClientEndpoint : IEquatable<ClientEndpoint>
{
    private protected ClientEndpoint()
    {
    }

    /// <summary>Gets the timeout of a connection attempt, including name resolution and TLS handshake. Defaults to 30 seconds.</summary>
    public TimeSpan Timeout { get; private protected init; } = ClientKinds.DefaultTimeout;

    /// <summary>Gets the kind of the endpoint, such as <c>tcp</c> or <c>tls</c>: the text before the first colon.</summary>
    public string Scheme => ToString() is var text && text.IndexOf(':', StringComparison.Ordinal) is >= 0 and var colon ? text[..colon] : text;

    /// <summary>Returns an endpoint for a TCP port of a host.</summary>
    /// <param name="host">The name or the address of the host.</param>
    /// <param name="port">The port.</param>
    /// <param name="timeout">The timeout of an attempt. Defaults to null: 30 seconds.</param>
    /// <param name="bindAddress">The local address to bind. Defaults to null: the system chooses one.</param>
    /// <exception cref="ArgumentOutOfRangeException">The port is not between 1 and 65535, or the timeout is not positive.</exception>
    public static ClientEndpoint Tcp(string host, int port, TimeSpan? timeout = null, IPAddress? bindAddress = null) => new TcpClientEndpoint(host, port, timeout, bindAddress);

    /// <summary>Returns an endpoint for a TCP port of a host with TLS.</summary>
    /// <param name="host">The name of the host. The certificate of the host must be valid for it.</param>
    /// <param name="port">The port.</param>
    /// <param name="timeout">The timeout of an attempt, including the handshake. Defaults to null: 30 seconds.</param>
    /// <param name="bindAddress">The local address to bind. Defaults to null: the system chooses one.</param>
    /// <exception cref="ArgumentOutOfRangeException">The port is not between 1 and 65535, or the timeout is not positive.</exception>
    public static ClientEndpoint Tls(string host, int port, TimeSpan? timeout = null, IPAddress? bindAddress = null) => new TlsClientEndpoint(host, port, timeout, bindAddress);

    /// <summary>Returns an endpoint for a UNIX socket.</summary>
    /// <param name="path">The path of the socket file.</param>
    /// <param name="timeout">The timeout of an attempt. Defaults to null: 30 seconds.</param>
    /// <exception cref="ArgumentException">The path is empty or contains a NUL character.</exception>
    public static ClientEndpoint Unix(string path, TimeSpan? timeout = null) => new UnixClientEndpoint(path, timeout);

    /// <summary>Returns an endpoint for a deployment of a cluster, on whichever node it runs at the time of an attempt.</summary>
    /// <param name="name">The name of the deployment.</param>
    /// <param name="directory">The directory of the node on this machine. Defaults to null; see <see cref="LocalClusterNode(string)"/>.</param>
    /// <param name="port">The port. Defaults to null: the first that the deployment listens on.</param>
    /// <param name="timeout">The timeout of an attempt. Defaults to null: 30 seconds.</param>
    /// <exception cref="ArgumentException">The name is empty.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The port is not between 1 and 65535, or the timeout is not positive.</exception>
    public static ClientEndpoint Cluster(string name, string? directory = null, int? port = null, TimeSpan? timeout = null) => new ClusterClientEndpoint(name, directory, port, timeout);

    /// <summary>Returns an endpoint of a custom kind, for a library that connects the socket itself.</summary>
    /// <param name="text">The text of the endpoint, which starts with its kind and a colon; see <see cref="Endpoint.RegisterClient"/>.</param>
    /// <param name="connectAsync">Returns a connected stream socket. The connection becomes its owner.</param>
    public static ClientEndpoint Custom(string text, Func<CancellationToken, Task<Socket>> connectAsync)
    {
        ArgumentException.ThrowIfNullOrEmpty(text);
        ArgumentNullException.ThrowIfNull(connectAsync);
        return new CustomClientEndpoint(text, connectAsync);
    }

    /// <summary>Returns the needs of a service that connects to the endpoint: the connection, and the files of its certificates.</summary>
    /// <param name="service">The service, which resolves relative paths.</param>
    public IReadOnlyList<ServiceNeed> NeedsOf(Service service)
    {
        ArgumentNullException.ThrowIfNull(service);
        return [new ServiceNeed(ServiceNeedKind.Connect, ToString()), .. FileNeedsOf(service)];
    }

    internal virtual IEnumerable<ServiceNeed> FileNeedsOf(Service service) => [];

    /// <summary>Returns the text that <see cref="Endpoint.ParseClient"/> parses as this endpoint.</summary>
    public abstract override string ToString();

    /// <summary>Connects once, and assigns a protocol from a factory to the connection.</summary>
    /// <remarks>
    /// If the name has several addresses, the attempts start a quarter of a second apart, and the first successful one is used.
    /// The caller owns the connection; no service closes it. In a tree, use <see cref="ClientService"/> or <see cref="StreamClient"/>, which close it.
    /// </remarks>
    /// <param name="factory">The factory of the protocol. It is started for the lifetime of this connection.</param>
    /// <param name="logger">The logger of the factory and its protocols, unless the factory is already in use. Defaults to null: discards log lines.</param>
    /// <param name="cancellationToken">Cancels the attempt. Has no effect on an established connection.</param>
    /// <returns>The protocol, after its <see cref="Protocol.ConnectionMade"/>. Other callbacks may have run too.</returns>
    /// <exception cref="CannotConnectException">The connection could not be established.</exception>
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
    /// <param name="protocol">A new protocol, for this connection only.</param>
    /// <param name="logger">The logger of the protocol. Defaults to null: discards log lines.</param>
    /// <param name="cancellationToken">Cancels the attempt. Has no effect on an established connection.</param>
    /// <returns>The protocol, after its <see cref="Protocol.ConnectionMade"/>. Other callbacks may have run too.</returns>
    /// <exception cref="CannotConnectException">The connection could not be established.</exception>
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

    /// <summary>Opens a socket to the endpoint and completes everything that precedes the protocol.</summary>
    /// <remarks>
    /// Throws a <see cref="CannotConnectException"/>, or an exception that <see cref="ConnectFailure"/> converts to one. Leaves nothing open then.
    /// </remarks>
    internal abstract Task<OpenedSocket> OpenAsync(CancellationToken cancellationToken);
}
