using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using System.Text;
using CsCheck;
using TacHost.Services.Networking;
using TacHost.Services.Networking.Connections;

namespace TacHost.Services.Tests.Networking.Connections;

public sealed class ProxyHeaderTests
{
    private static readonly Gen<IPEndPoint> _v4 = Gen.Select(Gen.Byte.Array[4], Gen.UShort, (address, port) => new IPEndPoint(new IPAddress(address), port));

    private static readonly Gen<IPEndPoint> _v6 = Gen.Select(Gen.Byte.Array[16], Gen.UShort, (address, port) => new IPEndPoint(new IPAddress(address), port));

    [Theory]
    [InlineData("PROXY TCP4 192.0.2.1 192.0.2.2 1000 80\r\n", "192.0.2.1:1000", "192.0.2.2:80")]
    [InlineData("PROXY TCP6 2001:db8::1 2001:db8::2 65535 0\r\n", "[2001:db8::1]:65535", "[2001:db8::2]:0")]
    public void ParseLine_Addresses_AreUnderstood(string line, string peer, string local)
    {
        var ends = ProxyHeader.ParseLine(Encoding.ASCII.GetBytes(line))!;
        Assert.Equal((peer, local), (ends.Peer.ToString(), ends.Local.ToString()));
    }

    [Theory]
    [InlineData("PROXY UNKNOWN\r\n")]
    [InlineData("PROXY UNKNOWN whatever it is 1 2\r\n")]
    public void ParseLine_Unknown_SaysNothing(string line) => Assert.Null(ProxyHeader.ParseLine(Encoding.ASCII.GetBytes(line)));

    [Theory]
    [InlineData("PROXY TCP4 192.0.2.1 192.0.2.2 1000 80\n")]
    [InlineData("PROXY TCP4 192.0.2.1 192.0.2.2 1000 80 \r\n")]
    [InlineData("PROXY TCP4  192.0.2.1 192.0.2.2 1000 80\r\n")]
    [InlineData("PROXY TCP4 192.0.2.1 192.0.2.2 1000\r\n")]
    [InlineData("PROXY TCP4 1 192.0.2.2 1000 80\r\n")]
    [InlineData("PROXY TCP4 0x7f.1 192.0.2.2 1000 80\r\n")]
    [InlineData("PROXY TCP4 2001:db8::1 2001:db8::2 1000 80\r\n")]
    [InlineData("PROXY TCP6 192.0.2.1 192.0.2.2 1000 80\r\n")]
    [InlineData("PROXY TCP6 fe80::1%1 ::1 1000 80\r\n")]
    [InlineData("PROXY TCP4 192.0.2.1 192.0.2.2 65536 80\r\n")]
    [InlineData("PROXY TCP4 192.0.2.1 192.0.2.2 01 80\r\n")]
    [InlineData("PROXY TCP4 192.0.2.1 192.0.2.2 -1 80\r\n")]
    [InlineData("PROXY TCP4 192.0.2.1 192.0.2.2  80\r\n")]
    [InlineData("PROXY UDP4 192.0.2.1 192.0.2.2 1 80\r\n")]
    [InlineData("proxy TCP4 192.0.2.1 192.0.2.2 1 80\r\n")]
    [InlineData("PROXY \r\n")]
    public void ParseLine_Broken_IsRefused(string line) => Assert.Throws<FormatException>(() => ProxyHeader.ParseLine(Encoding.ASCII.GetBytes(line)));

    [Fact]
    public void ParseLine_AnyPrintedAddresses_AreReadBack() =>
        Gen.OneOf(Gen.Select(_v4, _v4), Gen.Select(_v6, _v6)).Sample((peer, local) =>
            new ConnectionEnds(peer, local) == ProxyHeader.ParseLine(Encoding.ASCII.GetBytes(Line(peer, local))));

    [Fact]
    public void ParseBinary_AnyPrintedAddresses_AreReadBack() =>
        Gen.OneOf(Gen.Select(_v4, _v4), Gen.Select(_v6, _v6)).Sample((peer, local) =>
        {
            var bytes = Binary(peer, local);
            return new ConnectionEnds(peer, local) == ProxyHeader.ParseBinary(bytes.AsSpan(0, 16), bytes.AsSpan(16));
        });

    [Fact]
    public void ParseBinary_AnyBytes_ThrowsNothingButFormatException() =>
        Gen.Select(Gen.Byte.Array[4], Gen.Byte.Array[0, 40]).Sample((rest, addresses) =>
        {
            byte[] header = [.. "\r\n\r\n\0\r\nQUIT\n"u8, .. rest];
            try
            {
                ProxyHeader.ParseBinary(header, addresses);
            }
            catch (FormatException)
            {
                // The documented error.
            }
        });

    [Fact]
    public void ParseLine_AnyBytes_ThrowsNothingButFormatException() =>
        Gen.OneOf(Gen.Byte.Array[0, 120], Gen.String[Gen.Char["TCP46 .:%[]0x1f\r\n"], 0, 100].Select(text => Encoding.ASCII.GetBytes($"PROXY TCP{text}\r\n"))).Sample(line =>
        {
            try
            {
                ProxyHeader.ParseLine(line);
            }
            catch (FormatException)
            {
                // The documented error.
            }
        });

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void ReceiveAsync_LongestOrEndlessHeader_AllocatesLittle(bool binary)
    {
        IPEndPoint any = new(IPAddress.Loopback, 1);
        var header = binary ? Binary(any, any, ushort.MaxValue - 12) : Encoding.ASCII.GetBytes($"PROXY TCP4 {new string('1', 60_000)}");
        _ = Allocated();
        Assert.InRange(Allocated(), 0, 16_384);

        long Allocated()
        {
            using Socket listening = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp), client = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            listening.ReceiveBufferSize = 1_000_000;
            listening.Bind(new IPEndPoint(IPAddress.Loopback, 0));
            listening.Listen();
            client.Connect(listening.LocalEndPoint!);
            using var accepted = listening.Accept();
            client.Send(header);
            Assert.True(SpinWait.SpinUntil(() => accepted.Available == header.Length, Bounded.Patience));

            // With all of it there, nothing is waited for, and this thread does everything.
            var before = GC.GetAllocatedBytesForCurrentThread();
            var received = ProxyHeader.ReceiveAsync(accepted, accepted.RemoteEndPoint, TrustedProxies.Loopback, CancellationToken.None);
            Assert.True(received.IsCompleted);
            Assert.Equal(binary, received.IsCompletedSuccessfully);
            return GC.GetAllocatedBytesForCurrentThread() - before;
        }
    }

    [Theory]
    [InlineData(false, 0)]
    [InlineData(false, 1)]
    [InlineData(true, 0)]
    [InlineData(true, 1)]
    [InlineData(true, 5000)]
    public async Task Receive_HeaderBeforeData_GivesTheRealClientAndAllOfTheData(bool binary, int extra)
    {
        IPEndPoint peer = new(IPAddress.Parse("192.0.2.1"), 1000), local = new(IPAddress.Parse("192.0.2.2"), 80);
        var header = binary ? Binary(peer, local, extra) : Encoding.ASCII.GetBytes(Line(peer, local));
        RecordingFactory factory = new();
        StreamServer server = new("haproxy:tcp:0:interface=127.0.0.1", factory);
        await using var running = await RunningService.StartAsync(server);

        // In one piece, and byte by byte.
        using var whole = await Client.ConnectAsync(server.LocalAddresses[0]);
        await whole.SendAsync([.. header, .. "hello\r\n"u8]);
        var protocol = await factory.NextAsync();
        await protocol.ReceivedAsync("hello\r\n");
        Assert.Equal(7, protocol.Received.Length);
        Assert.Equal(peer, protocol.Transport.Peer);
        Assert.Equal(local, protocol.Transport.Local);

        using var dribbling = await Client.ConnectAsync(server.LocalAddresses[0]);
        dribbling.Socket.NoDelay = true;
        dribbling.Stream = new DribblingStream(dribbling.Stream);
        await dribbling.SendAsync([.. header, .. "hello\r\n"u8]);
        protocol = await factory.NextAsync();
        await protocol.ReceivedAsync("hello\r\n");
        Assert.Equal(7, protocol.Received.Length);
        Assert.Equal(peer, protocol.Transport.Peer);
    }

    [Fact]
    public async Task Receive_Unknown_KeepsTheRealEnds()
    {
        RecordingFactory factory = new();
        StreamServer server = new("haproxy:tcp:0:interface=127.0.0.1", factory);
        await using var running = await RunningService.StartAsync(server);
        using var client = await Client.ConnectAsync(server.LocalAddresses[0]);
        await client.SendAsync("PROXY UNKNOWN\r\nhello");
        var protocol = await factory.NextAsync();
        await protocol.ReceivedAsync("hello");
        Assert.Equal(client.Socket.LocalEndPoint, protocol.Transport.Peer);
        Assert.Equal(server.LocalAddresses[0], protocol.Transport.Local);
    }

    [Fact]
    public async Task Receive_FromAnUntrustedPeer_ClosesTheConnection()
    {
        RecordingFactory factory = new();
        StreamServer server = new("haproxy:trust=192.0.2.0/24:tcp:0:interface=127.0.0.1", factory);
        await using var running = await RunningService.StartAsync(server);
        using var client = await Client.ConnectAsync(server.LocalAddresses[0]);
        await client.SendAsync("PROXY TCP4 127.0.0.1 127.0.0.1 1 80\r\nhello");
        try
        {
            Assert.Empty(await client.ReadToEndAsync());
        }
        catch (IOException)
        {
            // Closed with bytes that nobody had read.
        }

        Assert.True(factory.HasNone);
    }

    [Theory]
    [InlineData("10.0.0.0/8,192.0.2.1", "10.1.2.3", true)]
    [InlineData("10.0.0.0/8,192.0.2.1", "192.0.2.1", true)]
    [InlineData("10.0.0.0/8,192.0.2.1", "192.0.2.2", false)]
    [InlineData("10.0.0.0/8,192.0.2.1", "127.0.0.1", false)]
    [InlineData("127.0.0.0/8", "::ffff:127.0.0.1", true)]
    [InlineData("fd00::/8", "fd12::1", true)]
    [InlineData("0.0.0.0/0", "::1", false)]
    public void Contains_Peer_IsInOneOfTheNetworks(string trusted, string peer, bool expected) =>
        Assert.Equal(expected, TrustedProxies.Parse(trusted)!.Contains(new IPEndPoint(IPAddress.Parse(peer), 1)));

    [Theory]
    [InlineData("127.0.0.1", true)]
    [InlineData("::1", true)]
    [InlineData("192.0.2.1", false)]
    public void Loopback_Peer_IsThisMachine(string peer, bool expected) =>
        Assert.Equal(expected, TrustedProxies.Loopback.Contains(new IPEndPoint(IPAddress.Parse(peer), 1)));

    [Fact]
    public void Loopback_UnixPeer_IsTrusted() =>
        Assert.True(TrustedProxies.Loopback.Contains(new System.Net.Sockets.UnixDomainSocketEndPoint("/run/x.sock")));

    [Fact]
    public async Task StopAsync_SilentClient_IsNotWaitedFor()
    {
        RecordingFactory factory = new();
        TlsOptions tls = new(TlsCertificate.SelfSigned("localhost")) { HandshakeTimeout = TimeSpan.FromHours(1) };
        TlsServer server = new(0, factory, tls, "127.0.0.1");
        await using var running = await RunningService.StartAsync(server);
        using var client = await Client.ConnectAsync(server.LocalAddresses[0]);
        await running.StopAsync().Soon();
        Assert.True(factory.HasNone);
    }

    [Theory]
    [InlineData("GET / HTTP/1.1\r\n\r\n")]
    [InlineData("x")]
    [InlineData("\r\n\r\n\0\r\nQUIT\n\u0041")]
    [InlineData("PROXY TCP4 broken\r\n")]
    [InlineData("PROXY TCP4 192.0.2.1 192.0.2.2 1 80                                                                                     no end")]
    public async Task Receive_Garbage_ClosesThatConnectionAndNobodyElseNotices(string garbage)
    {
        RecordingFactory factory = new();
        StreamServer server = new("haproxy:tcp:0:interface=127.0.0.1", factory);
        await using var running = await RunningService.StartAsync(server);
        using var good = await Client.ConnectAsync(server.LocalAddresses[0]);
        await good.SendAsync("PROXY UNKNOWN\r\n");
        var protocol = await factory.NextAsync();

        using var bad = await Client.ConnectAsync(server.LocalAddresses[0]);
        await bad.SendAsync([.. Encoding.Latin1.GetBytes(garbage), .. new byte[200]]);
        try
        {
            Assert.Empty(await bad.ReadToEndAsync());
        }
        catch (IOException)
        {
            // Closed with bytes that nobody had read.
        }

        await good.SendAsync("hello");
        await protocol.ReceivedAsync("hello");
        Assert.True(factory.HasNone);
    }

    [Fact]
    public async Task StopAsync_ConnectionJustOpened_AbortsItCleanly()
    {
        TaskCompletionSource reached = new(TaskCreationOptions.RunContinuationsAsynchronously);
        using ManualResetEventSlim release = new();
        RecordingFactory factory = new()
        {
            WhenReceived = (_, _) =>
            {
                reached.SetResult();
                release.Wait(Bounded.Patience);
            },
        };
        StreamServer server = new("haproxy:tcp:0:interface=127.0.0.1", factory);
        await server.StartAsync(TestContext.Current.CancellationToken);
        using var client = await Client.ConnectAsync(server.LocalAddresses[0]);
        await client.SendAsync("PROXY UNKNOWN\r\nhello");
        await reached.Task.Soon();

        var stop = server.StopAsync(new CancellationToken(canceled: true));
        await Assert.ThrowsAnyAsync<IOException>(() => client.ReadToEndAsync());
        release.Set();
        await stop.Soon();
    }

    private static string Line(IPEndPoint peer, IPEndPoint local) =>
        $"PROXY TCP{(peer.AddressFamily == System.Net.Sockets.AddressFamily.InterNetwork ? 4 : 6)} {peer.Address} {local.Address} {peer.Port} {local.Port}\r\n";

    private static byte[] Binary(IPEndPoint peer, IPEndPoint local, int extra = 0)
    {
        var source = peer.Address.GetAddressBytes();
        var ports = new byte[4];
        BinaryPrimitives.WriteUInt16BigEndian(ports, (ushort)peer.Port);
        BinaryPrimitives.WriteUInt16BigEndian(ports.AsSpan(2), (ushort)local.Port);
        byte[] body = [.. source, .. local.Address.GetAddressBytes(), .. ports, .. new byte[extra]];
        return [.. "\r\n\r\n\0\r\nQUIT\n"u8, 0x21, (byte)(source.Length == 4 ? 0x11 : 0x21), (byte)(body.Length >> 8), (byte)body.Length, .. body];
    }
}
