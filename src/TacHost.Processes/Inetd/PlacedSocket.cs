using System.Net;
using System.Net.Sockets;
using TacHost.Services;
using TacHost.Services.Networking;
using TacHost.Services.Networking.Listening;

namespace TacHost.Processes.Inetd;

/// <summary>A socket that is bound to the address of an inetd service.</summary>
internal sealed class PlacedSocket : ListeningSocket
{
    private const UnixFileMode ForAll = (UnixFileMode)0b110_110_110;

    private PlacedSocket(Socket socket, UnixSocketFile? file)
        : base(socket) => (Bound, File) = (socket, file);

    public Socket Bound { get; }

    /// <summary>Gets the file of a UNIX socket, or null.</summary>
    public UnixSocketFile? File { get; }

    /// <summary>Binds a socket to every address of a service, and adds each socket immediately.</summary>
    /// <param name="place">The address of the service.</param>
    /// <param name="service">The service of the sockets, for messages and for the owner of a UNIX socket.</param>
    /// <param name="add">Receives each socket. A stream socket is already listening.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    /// <exception cref="CannotListenException">The address cannot be bound.</exception>
    public static async Task BindAsync(InetdPlace place, Service service, Action<PlacedSocket> add, CancellationToken cancellationToken)
    {
        if (place.IsUnix)
        {
            var (socket, file) = await UnixSocketFile.MakeAsync(
                place.Name, ForAll, place.IsDatagram ? SocketType.Dgram : SocketType.Stream, socket => Listen(socket, place), service.ServicePath, service.Application, cancellationToken);
            add(new PlacedSocket(socket, file));
            return;
        }

        var port = place.Port;
        var addresses = await AddressesAsync(place, service.ServicePath, cancellationToken);
        CannotListenException? missing = null;
        var bound = 0;
        foreach (var address in addresses)
        {
            try
            {
                PlacedSocket socket = new(Bind(new IPEndPoint(address, port), place, service.ServicePath), null);
                add(socket);
                bound++;
                port = ((IPEndPoint)socket.EndPoint).Port;
            }
            catch (CannotListenException e) when (e.IsAddressMissing && addresses.Count > 1)
            {
                InetdLog.AddressMissing(service.Logger, place, place.Host, address.ToString());
                missing = e;
            }
        }

        if (bound == 0)
            throw missing!;
    }

    /// <inheritdoc/>
    public override void Unlink() => File?.Remove();

    private static async Task<IReadOnlyList<IPAddress>> AddressesAsync(InetdPlace place, string servicePath, CancellationToken cancellationToken)
    {
        if (place.Host == InetdPlace.AllInterfaces)
            return [place.Family == AddressFamily.InterNetwork || (place.Family is null && !Socket.OSSupportsIPv6) ? IPAddress.Any : IPAddress.IPv6Any];
        var all = await InterfaceAddresses.ResolveAsync(place.Host, servicePath, cancellationToken);
        IReadOnlyList<IPAddress> wanted = place.Family is { } family ? [.. all.Where(address => address.AddressFamily == family)] : all;
        return wanted.Count > 0
            ? wanted
            : throw new CannotListenException(null, $"The service '{servicePath}' cannot listen on '{place}', because '{place.Host}' has no address of that family. Choose another protocol, or another host.", null);
    }

    private static Socket Bind(IPEndPoint endPoint, InetdPlace place, string servicePath)
    {
        Socket? socket = null;
        try
        {
            socket = place.IsDatagram
                ? new Socket(endPoint.AddressFamily, SocketType.Dgram, ProtocolType.Udp)
                : new Socket(endPoint.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
            if (endPoint.AddressFamily == AddressFamily.InterNetworkV6)
                socket.DualMode = place.Family is null && endPoint.Address.Equals(IPAddress.IPv6Any);
            socket.Bind(endPoint);
            Listen(socket, place);
            return socket;
        }
        catch (SocketException e)
        {
            socket?.Dispose();
            var reason = e.SocketErrorCode switch
            {
                SocketError.AddressAlreadyInUse => $"because {(place.IsDatagram ? null : PortHolder.Describe(endPoint)) ?? "another socket"} has it. Choose another port, or stop that one first.",
                SocketError.AccessDenied => "because only root may have a port below 1024. Start as root, or choose a port above 1023.",
                SocketError.AddressNotAvailable => "because this machine does not have that address. Choose one of its own, or * for all of them.",
                _ => $"because of this: {e.Message}.",
            };
            throw new CannotListenException(endPoint, $"The service '{servicePath}' cannot listen on {endPoint} for '{place}', {reason}", e);
        }
    }

    private static void Listen(Socket socket, InetdPlace place)
    {
        if (!place.IsDatagram)
            socket.Listen(TcpSocket.LongestBacklog);
    }
}
