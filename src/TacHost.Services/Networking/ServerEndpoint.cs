using System.Net.Sockets;
using TacHost.Services.Networking.Connections;
using TacHost.Services.Networking.Endpoints;
using TacHost.Services.Networking.Listening;

namespace TacHost.Services.Networking;

/// <summary>A place where a <see cref="StreamServer"/> can listen.</summary>
/// <remarks>Only a description: nothing is opened before the service starts. Two with the same text are equal. Ported from <c>twisted.internet.interfaces.IStreamServerEndpoint</c>.</remarks>
public abstract class ServerEndpoint : IEquatable<ServerEndpoint>
{
    private protected ServerEndpoint()
    {
    }

    /// <summary>Gets the kind, such as <c>tcp</c> or <c>unix</c>: the text before the first colon.</summary>
    public string Scheme => ToString() is var text && text.IndexOf(':', StringComparison.Ordinal) is >= 0 and var colon ? text[..colon] : text;

    /// <summary>Returns an endpoint on a TCP port.</summary>
    /// <param name="port">The port, or 0 for one that the system picks.</param>
    /// <param name="iface">An address, the name of a network interface, or a host name. Defaults to the empty string: every interface, IPv4 and IPv6.</param>
    /// <param name="backlog">The maximum number of connections that wait to be accepted. Defaults to null: as many as the kernel allows.</param>
    /// <exception cref="ArgumentOutOfRangeException">The port is not between 0 and 65535.</exception>
    public static ServerEndpoint Tcp(int port, string iface = "", int? backlog = null) => new TcpServerEndpoint(port, iface, backlog);

    /// <summary>Returns an endpoint on a TCP port where TLS is spoken.</summary>
    /// <param name="port">The port, or 0 for one that the system picks.</param>
    /// <param name="tls">The certificates.</param>
    /// <param name="iface">As for <see cref="Tcp"/>.</param>
    /// <param name="backlog">As for <see cref="Tcp"/>.</param>
    /// <exception cref="ArgumentOutOfRangeException">The port is not between 0 and 65535.</exception>
    public static ServerEndpoint Tls(int port, TlsOptions tls, string iface = "", int? backlog = null)
    {
        ArgumentNullException.ThrowIfNull(tls);
        return new TlsServerEndpoint(new TcpServerEndpoint(port, iface, backlog), tls);
    }

    /// <summary>Returns an endpoint on a UNIX socket.</summary>
    /// <param name="path">The path of the socket file.</param>
    /// <param name="mode">The permissions of the file. Defaults to null: all users may connect.</param>
    /// <param name="backlog">As for <see cref="Tcp"/>.</param>
    /// <exception cref="ArgumentException">The path is empty or has a NUL character in it.</exception>
    public static ServerEndpoint Unix(string path, UnixFileMode? mode = null, int? backlog = null) => new UnixServerEndpoint(path, mode ?? UnixServerEndpoint.DefaultMode, backlog);

    /// <summary>Returns an endpoint on a listening socket that the process inherited.</summary>
    /// <param name="descriptor">The file descriptor.</param>
    public static ServerEndpoint FileDescriptor(int descriptor)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(descriptor);
        return new DescriptorServerEndpoint(descriptor);
    }

    /// <summary>Returns an endpoint on the sockets of a name that systemd opened.</summary>
    /// <param name="name">The name, <c>FileDescriptorName=</c> of the socket unit.</param>
    public static ServerEndpoint Systemd(string name)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        return new SystemdServerEndpoint(null, null, name);
    }

    /// <summary>Returns an endpoint of another kind: a library that knows one makes its listening sockets itself.</summary>
    /// <param name="text">The text of the endpoint, beginning with its kind and a colon; see <see cref="Endpoint.RegisterServer"/>.</param>
    /// <param name="listenAsync">Makes the sockets, on which listen(2) has been called. They belong to the server from then on.</param>
    public static ServerEndpoint Custom(string text, Func<CancellationToken, Task<IReadOnlyList<Socket>>> listenAsync)
    {
        ArgumentException.ThrowIfNullOrEmpty(text);
        ArgumentNullException.ThrowIfNull(listenAsync);
        return new CustomServerEndpoint(text, listenAsync);
    }

    /// <summary>Returns the same endpoint behind a proxy that sends PROXY headers.</summary>
    /// <param name="trusted">The addresses and networks of the proxies. Defaults to none given: this machine.</param>
    /// <exception cref="FormatException">One of the texts is not an address or a network.</exception>
    /// <exception cref="InvalidOperationException">The endpoint expects PROXY headers already.</exception>
    public ServerEndpoint WithProxyProtocol(params IReadOnlyList<string> trusted)
    {
        ArgumentNullException.ThrowIfNull(trusted);
        if (this is ProxiedServerEndpoint)
            throw new InvalidOperationException($"The endpoint '{this}' expects PROXY headers already.");
        return new ProxiedServerEndpoint(
            this, trusted.Count == 0 ? null : TrustedProxies.Parse(string.Join(',', trusted)) ?? throw new FormatException($"'{string.Join(',', trusted)}' is not a list of addresses and networks. Expected such as '10.0.0.0/8'."));
    }

    /// <summary>Returns the needs of a service that listens on the endpoint, with the files of its certificates.</summary>
    /// <param name="service">The service, which resolves relative paths.</param>
    public IReadOnlyList<ServiceNeed> NeedsOf(Service service)
    {
        ArgumentNullException.ThrowIfNull(service);
        return [new ServiceNeed(ServiceNeedKind.Listen, ToString()), .. FileNeedsOf(service)];
    }

    /// <summary>The text that <see cref="Endpoint.Parse"/> reads as this endpoint.</summary>
    public abstract override string ToString();

    /// <inheritdoc/>
    public bool Equals(ServerEndpoint? other) => other is not null && other.ToString() == ToString();

    /// <inheritdoc/>
    public sealed override bool Equals(object? obj) => Equals(obj as ServerEndpoint);

    /// <inheritdoc/>
    public sealed override int GetHashCode() => ToString().GetHashCode(StringComparison.Ordinal);

    /// <summary>Gets the files that are read before it can be listened there.</summary>
    internal virtual IEnumerable<string> Files => [];

    /// <summary>Returns the needs of a service that listens on the endpoint, without the endpoint itself.</summary>
    internal virtual IEnumerable<ServiceNeed> FileNeedsOf(Service service) => [];

    /// <summary>Listens, and adds each listener at once, so that the caller can close them if a later one fails.</summary>
    /// <exception cref="CannotListenException">The place cannot be had.</exception>
    internal abstract Task ListenAsync(ListenerSettings settings, ICollection<StreamListener> listeners, CancellationToken cancellationToken);
}
