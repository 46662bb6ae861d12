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
    private readonly CancellationTokenSource _closing = new();
    private readonly List<(IPAddress Group, int Iface)> _groups = [];
    private Task _reading = Task.CompletedTask;
    private volatile bool _hasLeft;

    /// <param name="bound">The socket; this transport's from now on.</param>
    /// <param name="protocol">Gets what comes.</param>
    /// <param name="calling">Held around each callback: the sockets of one server share a protocol, whose callbacks must not overlap.</param>
    /// <param name="logger">For what the protocol throws.</param>
    public DatagramTransport(DatagramSocket bound, DatagramProtocol protocol, Lock calling, ILogger logger)
    {
        (Bound, _socket, _protocol, _calling, _logger) = (bound, bound.Socket, protocol, calling, logger);
        Local = _socket.LocalEndPoint!;
        _socket.Blocking = false;
    }

    /// <summary>Gets the socket.</summary>
    public DatagramSocket Bound { get; }

    /// <inheritdoc/>
    public EndPoint Local { get; }

    /// <summary>Whether a datagram to such an end point goes through this socket.</summary>
    public bool Reaches(EndPoint endPoint) => endPoint.AddressFamily == Local.AddressFamily || (_socket.AddressFamily == AddressFamily.InterNetworkV6 && _socket.DualMode && endPoint is IPEndPoint);

    /// <summary>Begins to receive, once the transport that had the socket before does not any more.</summary>
    public void Start()
    {
        var predecessor = Bound.SetOwner(this);
        _reading = Task.Run(() => ReceiveAfterAsync(predecessor));
    }

    /// <summary>Leaves the socket, and ends when no callback runs any more. Datagrams that come later wait in the socket.</summary>
    public async Task LeaveAsync()
    {
        await StopReceivingAsync();
        _hasLeft = true;
        foreach (var (group, iface) in _groups.ToArray())
            LeaveGroup(group, iface);
    }

    private async Task StopReceivingAsync()
    {
        await _closing.CancelAsync();
        await _reading;
    }

    private async Task ReceiveAfterAsync(DatagramTransport? predecessor)
    {
        if (predecessor is not null)
            await predecessor.StopReceivingAsync();
        await ReceiveAsync();
    }

    /// <inheritdoc/>
    public void Write(ReadOnlySpan<byte> data, EndPoint endPoint)
    {
        ArgumentNullException.ThrowIfNull(endPoint);
        if (!Reaches(endPoint))
            throw new ArgumentException($"'{endPoint}' cannot be reached from the socket on {Local}, which is of the family {Local.AddressFamily}.", nameof(endPoint));
        if (endPoint is IPEndPoint { AddressFamily: AddressFamily.InterNetwork } ip && _socket.AddressFamily == AddressFamily.InterNetworkV6)
            endPoint = new IPEndPoint(ip.Address.MapToIPv6(), ip.Port);
        if (_hasLeft)
            return;
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
    public void JoinGroup(IPAddress group, int iface = 0)
    {
        Bound.JoinGroup(group, iface, () => ChangeGroup(group, iface, SocketOptionName.AddMembership));
        lock (_groups)
            _groups.Add((group, iface));
    }

    /// <inheritdoc/>
    public void LeaveGroup(IPAddress group, int iface = 0)
    {
        Bound.LeaveGroup(group, iface, () => ChangeGroup(group, iface, SocketOptionName.DropMembership));
        lock (_groups)
            _groups.Remove((group, iface));
    }

    private void ChangeGroup(IPAddress group, int iface, SocketOptionName change)
    {
        ArgumentNullException.ThrowIfNull(group);
        if (Local is not IPEndPoint)
            throw new NotSupportedException($"The socket on {Local} cannot join a multicast group, because it is not a UDP socket.");
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
                var received = await _socket.ReceiveFromAsync(buffer, SocketFlags.None, any, _closing.Token);
                Call(buffer.AsSpan(0, received.ReceivedBytes), Unmapped(received.RemoteEndPoint));
            }
            catch (SocketException e) when (e.SocketErrorCode != SocketError.OperationAborted)
            {
                // What an earlier datagram met on its way, such as a closed port.
                NetworkingLog.DatagramLost(_logger, Local, e.Message);
            }
            catch (Exception e) when (e is SocketException or ObjectDisposedException or OperationCanceledException)
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
