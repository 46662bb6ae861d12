using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Logging;

namespace TacHost.Services.Networking.Datagrams;

/// <summary>One bound datagram socket: one task reads it and calls the protocol; sending never waits.</summary>
internal sealed class DatagramTransport : IDatagramTransport
{
    /// <summary>The longest a datagram can be, over UDP or over a UNIX socket of the usual buffer size.</summary>
    private const int LongestDatagram = 256 * 1024;
    private const int LongestUdpDatagram = 65_535;

    private readonly Socket _socket;
    private readonly DatagramProtocol _protocol;
    private readonly ILogger _logger;
    private readonly Lock _calling;
    private Task _reading = Task.CompletedTask;

    /// <param name="socket">The socket; this transport's from now on.</param>
    /// <param name="protocol">Gets what comes.</param>
    /// <param name="calling">Held around each callback: the sockets of one server share a protocol, whose callbacks must not overlap.</param>
    /// <param name="logger">For what the protocol throws.</param>
    public DatagramTransport(Socket socket, DatagramProtocol protocol, Lock calling, ILogger logger)
    {
        (_socket, _protocol, _calling, _logger) = (socket, protocol, calling, logger);
        Local = socket.LocalEndPoint!;
        socket.Blocking = false;
    }

    /// <inheritdoc/>
    public EndPoint Local { get; }

    /// <summary>Whether a datagram to such an end point goes through this socket.</summary>
    public bool Reaches(EndPoint endPoint) => endPoint.AddressFamily == Local.AddressFamily || (_socket.AddressFamily == AddressFamily.InterNetworkV6 && _socket.DualMode && endPoint is IPEndPoint);

    /// <summary>Begins to receive.</summary>
    public void Start() => _reading = Task.Run(ReceiveAsync);

    /// <summary>Closes the socket, and ends when no callback runs any more.</summary>
    public Task CloseAsync()
    {
        _socket.Dispose();
        return _reading;
    }

    /// <inheritdoc/>
    public void Write(ReadOnlySpan<byte> data, EndPoint endPoint)
    {
        ArgumentNullException.ThrowIfNull(endPoint);
        if (!Reaches(endPoint))
            throw new ArgumentException($"'{endPoint}' cannot be reached from the socket on {Local}, which is of the family {Local.AddressFamily}.", nameof(endPoint));
        if (endPoint is IPEndPoint { AddressFamily: AddressFamily.InterNetwork } ip && _socket.AddressFamily == AddressFamily.InterNetworkV6)
            endPoint = new IPEndPoint(ip.Address.MapToIPv6(), ip.Port);
        try
        {
            _socket.SendTo(data, SocketFlags.None, endPoint);
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // Lost, as datagrams are.
            NetworkingLog.DatagramLost(_logger, endPoint, e.Message);
        }
    }

    /// <inheritdoc/>
    public void JoinGroup(IPAddress group, int iface = 0) => ChangeGroup(group, iface, SocketOptionName.AddMembership);

    /// <inheritdoc/>
    public void LeaveGroup(IPAddress group, int iface = 0) => ChangeGroup(group, iface, SocketOptionName.DropMembership);

    private void ChangeGroup(IPAddress group, int iface, SocketOptionName change)
    {
        ArgumentNullException.ThrowIfNull(group);
        if (Local is not IPEndPoint)
            throw new NotSupportedException($"The socket on {Local} cannot join a multicast group, because it is no UDP socket.");
        if (group.AddressFamily == AddressFamily.InterNetworkV6)
            _socket.SetSocketOption(SocketOptionLevel.IPv6, change, new IPv6MulticastOption(group, iface));
        else
            _socket.SetSocketOption(SocketOptionLevel.IP, change, new MulticastOption(group, iface));
    }

    private async Task ReceiveAsync()
    {
        var buffer = GC.AllocateUninitializedArray<byte>(Local is IPEndPoint ? LongestUdpDatagram : LongestDatagram);
        EndPoint any = _socket.AddressFamily switch
        {
            AddressFamily.InterNetwork => new IPEndPoint(IPAddress.Any, 0),
            AddressFamily.InterNetworkV6 => new IPEndPoint(IPAddress.IPv6Any, 0),
            _ => new UnixDomainSocketEndPoint("any"),
        };
        while (true)
        {
            try
            {
                var received = await _socket.ReceiveFromAsync(buffer, SocketFlags.None, any);
                Call(buffer.AsSpan(0, received.ReceivedBytes), Unmapped(received.RemoteEndPoint));
            }
            catch (SocketException e) when (e.SocketErrorCode != SocketError.OperationAborted)
            {
                // What an earlier datagram met on its way, such as a closed port.
                NetworkingLog.DatagramLost(_logger, Local, e.Message);
            }
            catch (Exception e) when (e is SocketException or ObjectDisposedException)
            {
                return;
            }
        }
    }

    /// <summary>The boundary around one datagram: what the protocol throws is told, and ends nothing.</summary>
    private void Call(ReadOnlySpan<byte> data, EndPoint from)
    {
        try
        {
            lock (_calling)
                _protocol.Receive(data, from);
        }
        catch (Exception e)
        {
            NetworkingLog.DatagramProtocolThrew(_logger, e, from, TypeName.Of(_protocol.GetType()));
        }
    }

    private static EndPoint Unmapped(EndPoint endPoint) =>
        endPoint is IPEndPoint { Address.IsIPv4MappedToIPv6: true } ip ? new IPEndPoint(ip.Address.MapToIPv4(), ip.Port) : endPoint;
}
