using System.Net;
using System.Net.Sockets;
using TacHost.Services.Networking;
using TacHost.Services.Networking.Connections;

namespace TacHost.Services.Tests.Networking.Connections;

public sealed class StreamSocketTests : IDisposable
{
    private readonly List<IDisposable> _open = [];

    public void Dispose() => _open.ForEach(each => each.Dispose());

    [Theory]
    [InlineData("127.0.0.1", "127.0.0.1")]
    [InlineData("::1", "::1")]
    [InlineData("::", "127.0.0.1")]
    public void Accept_BareOrWhole_KnowsBothEndsAlike(string listensAt, string connectsTo)
    {
        foreach (var managed in new[] { false, true })
        {
            var (accepted, client) = Connect(IPAddress.Parse(listensAt), IPAddress.Parse(connectsTo), managed);
            Assert.Equal(client.LocalEndPoint, accepted.Peer);
            Assert.Equal(client.RemoteEndPoint, accepted.Local);
        }
    }

    [Fact]
    public void Accept_UnixPeer_KnowsItsProcess()
    {
        using TemporaryDirectory directory = new();
        UnixDomainSocketEndPoint path = new(Path.Combine(directory.Path, "socket"));
        using Socket listening = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified), client = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        listening.Bind(path);
        listening.Listen();
        client.Connect(path);
        using var accepted = StreamSocket.Accept(listening.SafeHandle, managed: false);
        Assert.Equal(Environment.ProcessId, Assert.IsType<UnixPeerEndPoint>(accepted!.Peer).ProcessId);
    }

    [Fact]
    public void Accept_NothingToAcceptOnNonBlockingSocket_ReturnsNull()
    {
        using Socket listening = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { Blocking = false };
        listening.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        listening.Listen();
        Assert.Null(StreamSocket.Accept(listening.SafeHandle, managed: false));
    }

    [Fact]
    public async Task Whole_AskedForLate_SendsOnTheSameConnection()
    {
        var (accepted, client) = Connect(IPAddress.Loopback, IPAddress.Loopback, managed: false);
        Assert.Equal(1, accepted.TrySend("a"u8, out _));
        Assert.Equal(1, await accepted.ManagedSocket.SendAsync("b"u8.ToArray(), TestContext.Current.CancellationToken));
        Assert.Equal(1, accepted.TrySend("c"u8, out _));
        accepted.Dispose();
        Assert.Equal("abc", ReadToEnd(client));
        Assert.Throws<ObjectDisposedException>(() => accepted.ManagedSocket.Available);
    }

    [Fact]
    public void Whole_AfterDispose_Throws()
    {
        var (accepted, _) = Connect(IPAddress.Loopback, IPAddress.Loopback, managed: false);
        accepted.Dispose();
        Assert.Throws<ObjectDisposedException>(() => accepted.ManagedSocket);
        Assert.Throws<ObjectDisposedException>(() => accepted.TrySend("a"u8, out _));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void ShutSending_Connected_EndsWhatThePeerReadsAndGoesOnReceiving(bool managed)
    {
        var (accepted, client) = Connect(IPAddress.Loopback, IPAddress.Loopback, managed);
        accepted.ShutdownWrite();
        Assert.Equal("", ReadToEnd(client));
        client.Send("later"u8);
        Assert.True(SpinWait.SpinUntil(() => accepted.HasUnread, Bounded.Patience));
        var buffer = new byte[16];
        Assert.Equal(5, accepted.ReceiveNow(buffer, out var error));
        Assert.Equal(SocketError.Success, error);
        Assert.False(accepted.HasUnread);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Reset_Connected_IsAResetForThePeer(bool managed)
    {
        var (accepted, client) = Connect(IPAddress.Loopback, IPAddress.Loopback, managed);
        accepted.Reset();
        Assert.Equal(SocketError.ConnectionReset, Assert.Throws<SocketException>(() => client.Receive(new byte[1])).SocketErrorCode);
        accepted.Reset();
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void ReceiveNow_PeerHasReset_SaysSoOnce(bool managed)
    {
        var (accepted, client) = Connect(IPAddress.Loopback, IPAddress.Loopback, managed);
        client.LingerState = new LingerOption(true, 0);
        client.Dispose();
        var error = SocketError.WouldBlock;
        Assert.True(SpinWait.SpinUntil(() => accepted.ReceiveNow(new byte[1], out error) == 0 && error != SocketError.WouldBlock, Bounded.Patience));
        Assert.Equal(SocketError.ConnectionReset, error);
    }

    [Fact]
    public void Detach_Bare_LeavesTheSocketToItsNewOwner()
    {
        var (accepted, client) = Connect(IPAddress.Loopback, IPAddress.Loopback, managed: false);
        using (var socket = accepted.Detach())
        {
            accepted.Dispose();
            socket.Send("still here"u8);
        }

        Assert.Equal("still here", ReadToEnd(client));
    }

    private static string ReadToEnd(Socket client)
    {
        using StreamReader reader = new(new NetworkStream(client, ownsSocket: false));
        return reader.ReadToEnd();
    }

    private (StreamSocket Accepted, Socket Client) Connect(IPAddress listensAt, IPAddress connectsTo, bool managed)
    {
        using Socket listening = new(listensAt.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        if (listensAt.Equals(IPAddress.IPv6Any))
            listening.DualMode = true;
        listening.Bind(new IPEndPoint(listensAt, 0));
        listening.Listen();
        Socket client = new(connectsTo.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { ReceiveTimeout = (int)Bounded.Patience.TotalMilliseconds };
        _open.Add(client);
        client.Connect(connectsTo, ((IPEndPoint)listening.LocalEndPoint!).Port);
        var accepted = StreamSocket.Accept(listening.SafeHandle, managed)!;
        _open.Add(accepted);
        return (accepted, client);
    }
}
