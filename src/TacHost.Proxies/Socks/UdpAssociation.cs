using System.Net;
using System.Net.Sockets;

namespace TacHost.Proxies.Socks;

/// <summary>A UDP association (RFC 1928, section 7): relays datagrams of a client to their destinations, and replies from these destinations to the client.</summary>
/// <remarks>Drops fragments, as the RFC allows, datagrams from other hosts, and datagrams that the rules do not permit.</remarks>
internal sealed class UdpAssociation : IDisposable
{
    private const int LongestDatagram = 65_535;
    private const int MostPeers = 1024;
    private const int MostLookUps = 64;

    private static readonly TimeSpan _lookUpTime = TimeSpan.FromSeconds(5);

    private readonly SocksConnector _connector;
    private readonly IPAddress _client;
    private readonly Socket _inside;
    private readonly Socket _outside;
    private readonly HashSet<IPEndPoint> _peers = [];
    private int _clientPort;
    private int _lookUps;

    /// <param name="local">The local address of the client's connection.</param>
    /// <param name="client">The address of the client.</param>
    /// <param name="clientPort">The client's UDP port, or 0 to learn it from the first datagram.</param>
    /// <param name="connector">The connector with the rules.</param>
    public UdpAssociation(IPAddress local, IPAddress client, int clientPort, SocksConnector connector)
    {
        (_connector, _client, _clientPort) = (connector, client, clientPort);
        _inside = new Socket(local.AddressFamily, SocketType.Dgram, ProtocolType.Udp);
        _inside.Bind(new IPEndPoint(local, 0));
        _outside = OpenOutside();
        EndPoint = (IPEndPoint)_inside.LocalEndPoint!;
    }

    /// <summary>Gets the address to which the client sends its datagrams.</summary>
    public IPEndPoint EndPoint { get; }

    /// <summary>Relays datagrams until cancelled.</summary>
    public Task RunAsync(CancellationToken cancellationToken) => Task.WhenAll(
        ReceiveAsync(_inside, PassOutAsync, cancellationToken),
        ReceiveAsync(_outside, PassInAsync, cancellationToken));

    public void Dispose()
    {
        _inside.Dispose();
        _outside.Dispose();
    }

    private static Socket OpenOutside()
    {
        if (Socket.OSSupportsIPv6)
        {
            Socket both = new(AddressFamily.InterNetworkV6, SocketType.Dgram, ProtocolType.Udp) { DualMode = true };
            try
            {
                both.Bind(new IPEndPoint(IPAddress.IPv6Any, 0));
                return both;
            }
            catch (SocketException)
            {
                both.Dispose();
            }
        }

        Socket socket = new(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        socket.Bind(new IPEndPoint(IPAddress.Any, 0));
        return socket;
    }

    private static IPEndPoint Unmapped(IPEndPoint endPoint) =>
        endPoint.Address.IsIPv4MappedToIPv6 ? new IPEndPoint(endPoint.Address.MapToIPv4(), endPoint.Port) : endPoint;

    private static async Task ReceiveAsync(Socket socket, Func<ReadOnlyMemory<byte>, IPEndPoint, CancellationToken, Task> passAsync, CancellationToken cancellationToken)
    {
        var buffer = GC.AllocateUninitializedArray<byte>(LongestDatagram);
        IPEndPoint any = new(socket.AddressFamily == AddressFamily.InterNetwork ? IPAddress.Any : IPAddress.IPv6Any, 0);
        while (true)
        {
            try
            {
                var received = await socket.ReceiveFromAsync(buffer, SocketFlags.None, any, cancellationToken);
                await passAsync(buffer.AsMemory(0, received.ReceivedBytes), Unmapped((IPEndPoint)received.RemoteEndPoint), cancellationToken);
            }
            catch (SocketException)
            {
                // An earlier datagram was not delivered, or this datagram cannot be sent. UDP permits the loss of datagrams.
            }
        }
    }

    private async Task PassOutAsync(ReadOnlyMemory<byte> datagram, IPEndPoint from, CancellationToken cancellationToken)
    {
        const int beforeAddress = 3, fragment = 2;
        if (!from.Address.Equals(_client) || (_clientPort != 0 && from.Port != _clientPort) || datagram.Length < beforeAddress || datagram.Span[fragment] != 0)
            return;
        var length = SocksAddress.TryRead(datagram.Span[beforeAddress..], out var destination);
        if (length <= 0)
            return;
        _clientPort = from.Port;
        var content = datagram[(beforeAddress + length)..];
        if (destination!.Name is null)
            await SendAsync(content, destination, cancellationToken);
        else if (_lookUps < MostLookUps)
            _ = SendToNameAsync(content.ToArray(), destination, cancellationToken);
    }

    /// <summary>Sends a datagram to a name without delaying the next datagrams. The datagram is lost if the name does not resolve.</summary>
    private async Task SendToNameAsync(ReadOnlyMemory<byte> content, SocksAddress destination, CancellationToken cancellationToken)
    {
        Interlocked.Increment(ref _lookUps);
        try
        {
            await SendAsync(content, destination, cancellationToken);
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException or OperationCanceledException)
        {
            // The datagram cannot be sent, or the association has ended.
        }
        finally
        {
            Interlocked.Decrement(ref _lookUps);
        }
    }

    private async Task SendAsync(ReadOnlyMemory<byte> content, SocksAddress destination, CancellationToken cancellationToken)
    {
        IPAddress address;
        try
        {
            using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            limit.CancelAfter(_lookUpTime);
            address = (await _connector.ResolveAsync(destination, _client, limit.Token))[0];
        }
        catch (SocksRefusedException)
        {
            return;
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return;
        }

        IPEndPoint peer = new(address, destination.Port);
        lock (_peers)
        {
            if (_peers.Count >= MostPeers)
                _peers.Clear();
            _peers.Add(peer);
        }

        var mapped = _outside.AddressFamily == AddressFamily.InterNetworkV6 && address.AddressFamily == AddressFamily.InterNetwork ? new IPEndPoint(address.MapToIPv6(), peer.Port) : peer;
        await _outside.SendToAsync(content, SocketFlags.None, mapped, cancellationToken);
    }

    private async Task PassInAsync(ReadOnlyMemory<byte> datagram, IPEndPoint from, CancellationToken cancellationToken)
    {
        lock (_peers)
        {
            if (!_peers.Contains(from))
                return;
        }

        byte[] wrapped = [0, 0, 0, .. SocksAddress.Write(from), .. datagram.Span];
        await _inside.SendToAsync(wrapped, SocketFlags.None, new IPEndPoint(_client, _clientPort), cancellationToken);
    }
}
