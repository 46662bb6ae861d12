using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Logging;

namespace TacHost.Services.Networking.Datagrams;

/// <summary>The transport of one bound datagram socket. One task reads the socket and calls the protocol. Sending never waits.</summary>
internal sealed class DatagramTransport : IDatagramTransport
{
    /// <summary>The maximum length of a datagram over a UNIX socket with the default buffer size.</summary>
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

    /// <param name="bound">The socket. The transport becomes its owner.</param>
    /// <param name="protocol">The protocol that receives the datagrams.</param>
    /// <param name="calling">The lock around each callback. The sockets of one server share a protocol, whose callbacks must not overlap.</param>
    /// <param name="logger">The logger for exceptions of the protocol.</param>
    public DatagramTransport(DatagramSocket bound, DatagramProtocol protocol, Lock calling, ILogger logger)
    {
        (Bound, _socket, _protocol, _calling, _logger) = (bound, bound.Socket, protocol, calling, logger);
        Local = _socket.LocalEndPoint!;
        _socket.Blocking = false;
    }

    public DatagramSocket Bound { get; }

    /// <inheritdoc/>
    public EndPoint Local { get; }

    public bool Reaches(EndPoint endPoint) => endPoint.AddressFamily == Local.AddressFamily || (_socket.AddressFamily == AddressFamily.InterNetworkV6 && _socket.DualMode && endPoint is IPEndPoint);

    /// <summary>Begins to receive, once the transport that had the socket before does not any more.</summary>
    public void Start()
    {
        var predecessor = Bound.SetOwner(this);
        _reading = Task.Run(() => ReceiveAfterAsync(predecessor));
    }

    /// <summary>Stops receiving, and completes when no callback is running. Later datagrams wait in the socket.</summary>
    public async Task LeaveAsync()
    {
        await StopReceivingAsync();
        _hasLeft = true;
        foreach (var (group, interfaceIndex) in _groups.ToArray())
            LeaveGroup(group, interfaceIndex);
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
            // Dropped, as permitted for datagrams.
            NetworkingLog.DatagramLost(_logger, endPoint, e.Message);
        }
    }

    /// <inheritdoc/>
    public void JoinGroup(IPAddress group, int interfaceIndex = 0)
    {
        Bound.JoinGroup(group, interfaceIndex, () => ChangeGroup(group, interfaceIndex, SocketOptionName.AddMembership));
        lock (_groups)
            _groups.Add((group, interfaceIndex));
    }

    /// <inheritdoc/>
    public void LeaveGroup(IPAddress group, int interfaceIndex = 0)
    {
        Bound.LeaveGroup(group, interfaceIndex, () => ChangeGroup(group, interfaceIndex, SocketOptionName.DropMembership));
        lock (_groups)
            _groups.Remove((group, interfaceIndex));
    }

    private void ChangeGroup(IPAddress group, int interfaceIndex, SocketOptionName change)
    {
        ArgumentNullException.ThrowIfNull(group);
        if (Local is not IPEndPoint)
            throw new NotSupportedException($"The socket on {Local} cannot join a multicast group, because it is not a UDP socket.");
        if (group.AddressFamily == AddressFamily.InterNetworkV6)
            _socket.SetSocketOption(SocketOptionLevel.IPv6, change, new IPv6MulticastOption(group, interfaceIndex));
        else
            _socket.SetSocketOption(SocketOptionLevel.IP, change, new MulticastOption(group, interfaceIndex));
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
                // The error of an earlier datagram, such as a closed port.
                NetworkingLog.DatagramLost(_logger, Local, e.Message);
            }
            catch (Exception e) when (e is SocketException or ObjectDisposedException or OperationCanceledException)
            {
                return;
            }
        }
    }

    /// <summary>Passes one datagram to the protocol. An exception is only logged.</summary>
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
