using System.Net;
using System.Net.Sockets;
using TacHost.Services;
using TacHost.Services.Networking;
using TacHost.Services.Networking.Listening;

namespace TacHost.Processes.Inetd;

/// <summary>A socket that is bound to the address of an inetd service.</summary>
internal sealed class InetdSocket : ListeningSocket
{
    private const UnixFileMode ForAll = (UnixFileMode)0b110_110_110;

    private InetdSocket(Socket socket, UnixSocketFile? file)
        : base(socket) => (Bound, File) = (socket, file);

    public Socket Bound { get; }

    public UnixSocketFile? File { get; }

    /// <summary>Binds a socket to every address of a service, and adds each socket immediately.</summary>
    /// <param name="requested">The address of the service.</param>
    /// <param name="service">The service of the sockets, for messages and for the owner of a UNIX socket.</param>
    /// <param name="add">Receives each socket. A stream socket is already listening.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    /// <exception cref="CannotListenException">The address cannot be bound.</exception>
    public static async Task BindAsync(InetdAddress requested, Service service, Action<InetdSocket> add, CancellationToken cancellationToken)
    {
        if (requested.IsUnix)
        {
            if (FindActivated(UnixSocketFile.AddressOf(UnixSocketFile.Resolve(requested.Name, service.Application)), requested, service) is { } activated)
            {
                add(activated);
                return;
            }

            var (socket, file) = await UnixSocketFile.MakeAsync(
                requested.Name, ForAll, requested.IsDatagram ? SocketType.Dgram : SocketType.Stream, socket => Listen(socket, requested), service.ServicePath, service.Application, cancellationToken);
            add(new InetdSocket(socket, file));
            return;
        }

        await AddressBinder.BindAllAsync(
            await AddressesAsync(requested, service.ServicePath, cancellationToken),
            requested.Port,
            endPoint =>
            {
                var socket = FindActivated(endPoint, requested, service) ?? new InetdSocket(Bind(endPoint, requested, service.ServicePath), null);
                add(socket);
                return Task.FromResult(socket.EndPoint);
            },
            address => InetdLog.AddressUnavailable(service.Logger, requested, requested.Host, address.ToString()));
    }

    /// <inheritdoc/>
    public override void Unlink() => File?.Remove();

    /// <summary>Returns a socket that systemd has opened at an address, or null. systemd keeps the original, and the file of a UNIX socket.</summary>
    private static InetdSocket? FindActivated(EndPoint? endPoint, InetdAddress requested, Service service)
    {
        var type = requested.IsDatagram ? SocketType.Dgram : SocketType.Stream;
        return ActivatedSocket.Find(endPoint, type, $"{requested}", service.Application, ActivationEnvironment.OfThisProcess) is { } descriptor
            ? new InetdSocket(new Socket(InheritedSocket.Duplicate(descriptor)!), null) { IsShared = true }
            : null;
    }

    private static async Task<IReadOnlyList<IPAddress>> AddressesAsync(InetdAddress requested, string servicePath, CancellationToken cancellationToken)
    {
        if (requested.Host == InetdAddress.AllInterfaces)
            return [requested.Family == AddressFamily.InterNetwork || (requested.Family is null && !Socket.OSSupportsIPv6) ? IPAddress.Any : IPAddress.IPv6Any];
        var all = await InterfaceAddresses.ResolveAsync(requested.Host, servicePath, cancellationToken);
        IReadOnlyList<IPAddress> wanted = requested.Family is { } family ? [.. all.Where(address => address.AddressFamily == family)] : all;
        return wanted.Count > 0
            ? wanted
            : throw new CannotListenException(null, $"The service '{servicePath}' cannot listen on '{requested}', because '{requested.Host}' has no address of that family. Choose another protocol, or another host.", null);
    }

    private static Socket Bind(IPEndPoint endPoint, InetdAddress requested, string servicePath)
    {
        Socket? socket = null;
        try
        {
            socket = requested.IsDatagram
                ? new Socket(endPoint.AddressFamily, SocketType.Dgram, ProtocolType.Udp)
                : new Socket(endPoint.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
            if (endPoint.AddressFamily == AddressFamily.InterNetworkV6)
                socket.DualMode = requested.Family is null && endPoint.Address.Equals(IPAddress.IPv6Any);
            socket.Bind(endPoint);
            Listen(socket, requested);
            return socket;
        }
        catch (SocketException e)
        {
            socket?.Dispose();
            throw BindError.Of(e, endPoint, requested.IsDatagram ? ProtocolType.Udp : ProtocolType.Tcp, servicePath, $" for '{requested}'");
        }
    }

    private static void Listen(Socket socket, InetdAddress requested)
    {
        if (!requested.IsDatagram)
            socket.Listen(TcpSocket.LongestBacklog);
    }
}
