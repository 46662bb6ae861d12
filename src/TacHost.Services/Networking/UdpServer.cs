using System.Net;
using System.Net.Sockets;
using TacHost.Services.Networking.Datagrams;
using TacHost.Services.Networking.Listening;

namespace TacHost.Services.Networking;

/// <summary>A service that binds a UDP port and passes each datagram to a protocol.</summary>
/// <remarks>Ported from <c>twisted.application.internet.UDPServer</c> and <c>MulticastServer</c>.</remarks>
public sealed class UdpServer : DatagramServer, IServiceNeeds
{
    private readonly int _port;
    private readonly string _iface;

    /// <inheritdoc/>
    IReadOnlyList<ServiceNeed> IServiceNeeds.Needs => [new ServiceNeed(ServiceNeedKind.Listen, $"udp:{_port}{(_iface.Length == 0 ? "" : $":interface={_iface}")}")];

    /// <summary>Initializes a server. Opens nothing before the start.</summary>
    /// <param name="port">The port, or 0 to let the system choose one; see <see cref="LocalAddresses"/>.</param>
    /// <param name="protocol">The protocol, which must not be used by two servers at the same time.</param>
    /// <param name="iface">
    /// An address, the name of a network interface, or a host name, which stands for all its addresses.
    /// Defaults to the empty string: every interface, IPv4 and IPv6. To join IPv4 multicast groups, bind an IPv4 address, such as 0.0.0.0.
    /// </param>
    /// <exception cref="ArgumentOutOfRangeException">The port is not between 0 and 65535.</exception>
    public UdpServer(int port, DatagramProtocol protocol, string iface = "")
        : base(protocol)
    {
        ArgumentNullException.ThrowIfNull(iface);
        (_port, _iface) = (SettingRange.Port(port), iface);
    }

    /// <summary>Gets whether other sockets of this machine may bind the same port. Defaults to false.</summary>
    /// <remarks>
    /// Each of the sockets receives the datagrams sent to a multicast group. Only one of
    /// them receives a unicast datagram. Corresponds to Twisted's <c>listenMultiple</c>.
    /// </remarks>
    public bool SharesPort { get; init; }

    /// <summary>Gets the bound addresses, with the port that the system chose for port 0. Empty if no socket is bound.</summary>
    public override IReadOnlyList<IPEndPoint> LocalAddresses => [.. base.LocalAddresses.Cast<IPEndPoint>()];

    private protected override async Task BindAsync(Action<DatagramSocket> add, CancellationToken cancellationToken)
    {
        var addresses = await InterfaceAddresses.ResolveAsync(_iface, ServicePath, cancellationToken);
        await AddressBinder.BindAllAsync(
            addresses,
            _port,
            async endPoint =>
            {
                var socket = await DatagramSocket.BindAsync($"udp:{endPoint}", endPoint, this, () => Task.FromResult<(Socket, UnixSocketFile?)>((Bind(endPoint), null)));
                add(socket);
                return socket.Socket.LocalEndPoint!;
            },
            address => NetworkingLog.AddressUnavailable(Logger, _iface, address.ToString()));
    }

    private Socket Bind(IPEndPoint endPoint)
    {
        Socket? socket = null;
        try
        {
            socket = new Socket(endPoint.AddressFamily, SocketType.Dgram, ProtocolType.Udp);
            if (endPoint.AddressFamily == AddressFamily.InterNetworkV6)
                socket.DualMode = endPoint.Address.Equals(IPAddress.IPv6Any);
            if (SharesPort)
                socket.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.ReuseAddress, true);
            socket.Bind(endPoint);
            return socket;
        }
        catch (SocketException e)
        {
            socket?.Dispose();
            throw BindError.Of(e, endPoint, ProtocolType.Udp, ServicePath);
        }
    }
}
