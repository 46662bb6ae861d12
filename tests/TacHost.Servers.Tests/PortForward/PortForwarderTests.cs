using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Text;
using TacHost.Proxies.PortForward;
using TacHost.Services.Networking;
using TacHost.Services.Plugins;

namespace TacHost.Servers.Tests.PortForward;

public sealed class PortForwarderTests
{
    private const string Loopback = "tcp:0:interface=127.0.0.1";

    [Fact]
    public async Task Forward_MegabytesBothWaysAndHalfClose_ArriveUnchanged()
    {
        using var echo = LoopbackServer.Echo();
        PortForwarder forwarder = new(Loopback, $"tcp:127.0.0.1:{echo.Port}");
        await using var running = await RunningService.StartAsync(forwarder);
        using var client = await Peer.ConnectAsync(forwarder.LocalAddresses[0]);
        var data = new byte[20_000_000];
        new Random(1).NextBytes(data);
        var reading = client.ReadToEndAsync();
        await client.Socket.SendAsync(data).Soon();
        client.Socket.Shutdown(SocketShutdown.Send);
        var back = await reading.Soon();
        Assert.True(data.AsSpan().SequenceEqual(back), $"Of {data.Length} bytes {back.Length} came back.");
    }

    [Fact]
    public async Task Forward_ReaderThatDoesNotRead_HoldsTheSenderUp()
    {
        TaskCompletionSource read = new();
        long got = 0;
        using LoopbackServer slow = new(async socket =>
        {
            await read.Task;
            var buffer = new byte[65_536];
            while (await socket.ReceiveAsync(buffer) is var count and > 0)
                got += count;
            await socket.SendAsync(Encoding.ASCII.GetBytes("all"));
        });
        PortForwarder forwarder = new(Loopback, $"tcp:127.0.0.1:{slow.Port}");
        await using var running = await RunningService.StartAsync(forwarder);
        using var client = await Peer.ConnectAsync(forwarder.LocalAddresses[0]);
        client.Socket.Blocking = false;
        var chunk = new byte[100_000];
        long sent = 0;
        const long far = 60_000_000;

        // Until nothing is taken for as long as a wait takes: what the kernel buffers is bounded, what the forwarder holds must be.
        for (var refusals = 0; refusals < 50 && sent < far;)
        {
            var count = client.Socket.Send(chunk, SocketFlags.None, out var error);
            sent += error == SocketError.Success ? count : 0;
            refusals = error == SocketError.WouldBlock ? refusals + 1 : 0;
            if (error == SocketError.WouldBlock)
                await Task.Delay(20, TestContext.Current.CancellationToken);
        }

        Assert.InRange(sent, 1, far - 1);
        client.Socket.Blocking = true;
        client.Socket.Shutdown(SocketShutdown.Send);
        read.SetResult();
        Assert.Equal("all", await client.ReadTextAsync(3));
        Assert.Equal(sent, got);
    }

    [Fact]
    public async Task Forward_ServerThatSpeaksFirstAndCloses_EndsTheClientToo()
    {
        using var server = LoopbackServer.Saying("hello");
        PortForwarder forwarder = new(Loopback, $"tcp:127.0.0.1:{server.Port}");
        await using var running = await RunningService.StartAsync(forwarder);
        using var client = await Peer.ConnectAsync(forwarder.LocalAddresses[0]);
        Assert.Equal("hello", Encoding.ASCII.GetString(await client.ReadToEndAsync()));
        client.Socket.Shutdown(SocketShutdown.Send);
        await running.StopAsync();
    }

    [Fact]
    public async Task Forward_ClientThatBreaksOff_BreaksTheTargetOff()
    {
        TaskCompletionSource<SocketError> ended = new();
        using LoopbackServer server = new(async socket =>
        {
            try
            {
                await socket.SendAsync(new byte[1]);
                var count = await socket.ReceiveAsync(new byte[1]);
                ended.SetResult(count == 0 ? SocketError.Success : SocketError.SocketError);
            }
            catch (SocketException e)
            {
                ended.SetResult(e.SocketErrorCode);
            }
        });
        PortForwarder forwarder = new(Loopback, $"tcp:127.0.0.1:{server.Port}");
        await using var running = await RunningService.StartAsync(forwarder);
        var client = await Peer.ConnectAsync(forwarder.LocalAddresses[0]);
        await client.ReadAsync(1);
        client.Socket.LingerState = new LingerOption(true, 0);
        client.Dispose();
        Assert.Equal(SocketError.ConnectionReset, await ended.Task.Soon());
    }

    [Fact]
    public async Task Forward_TlsAndUnixOnEitherSide_Work()
    {
        using TemporaryDirectory directory = new();
        var (certificate, key) = TestCertificates.WritePem(directory, "localhost");
        using var server = LoopbackServer.Saying("through three forwarders");

        // client -> unix -> tls (localhost) -> tcp
        PortForwarder inner = new($"tls:0:certificate={certificate}:key={key}:interface=127.0.0.1", $"tcp:127.0.0.1:{server.Port}");
        await using var running = await RunningService.StartAsync(inner);
        var tlsPort = ((IPEndPoint)inner.LocalAddresses[0]).Port;
        PortForwarder outer = new($"unix:{directory["socket"]}", $"tls:localhost:{tlsPort}:trustRoots={certificate}");
        await using var running2 = await RunningService.StartAsync(outer);
        PortForwarder first = new(Loopback, $"unix:{directory["socket"]}");
        await using var running3 = await RunningService.StartAsync(first);
        using var client = await Peer.ConnectAsync(first.LocalAddresses[0]);
        Assert.Equal("through three forwarders", Encoding.ASCII.GetString(await client.ReadToEndAsync()));

        using var direct = await Peer.ConnectAsync(inner.LocalAddresses[0]);
        await using SslStream tls = new(new NetworkStream(direct.Socket), false, (_, remote, _, _) => remote is not null);
        await tls.AuthenticateAsClientAsync("localhost").Soon();
        Assert.Equal("through three forwarders", await new StreamReader(tls).ReadToEndAsync(TestContext.Current.CancellationToken).Soon());
    }

    [Fact]
    public async Task Forward_TargetsThatAreDown_AreLeftAloneForAWhileAndTriedAgain()
    {
        Microsoft.Extensions.Time.Testing.FakeTimeProvider clock = new();
        using var second = LoopbackServer.Saying("second");
        var first = UnusedPort.Next();
        PortForwarder forwarder = new(
            Endpoint.Parse(Loopback),
            [Endpoint.ParseClient($"tcp:127.0.0.1:{first}"), Endpoint.ParseClient($"tcp:127.0.0.1:{second.Port}")],
            new PortForwardOptions { TimeProvider = clock });
        await using var running = await RunningService.StartAsync(forwarder);
        Assert.Equal("second", await AskAsync(forwarder));
        using LoopbackServer back = new(async socket => await socket.SendAsync("first"u8.ToArray()), port: first);
        Assert.Equal("second", await AskAsync(forwarder));
        Assert.Equal(0, back.Connections);
        clock.Advance(TimeSpan.FromSeconds(10));
        Assert.Equal("first", await AskAsync(forwarder));
        Assert.Single(running.Log.Lines, line => line.Text.StartsWith($"tcp:127.0.0.1:{first} is down", StringComparison.Ordinal));
        Assert.Single(running.Log.Lines, line => line.Text == $"tcp:127.0.0.1:{first} is back");
    }

    [Fact]
    public async Task Forward_NoTargetAnswers_SendsTheClientAway()
    {
        var dead = UnusedPort.Next();
        PortForwarder forwarder = new(Loopback, $"tcp:127.0.0.1:{dead}");
        await using var running = await RunningService.StartAsync(forwarder);
        Assert.Equal("", await AskAsync(forwarder));
        await Until.TrueAsync(() => running.Log.Lines.Any(line => line.Text.EndsWith("none of the targets can be reached", StringComparison.Ordinal)), "the line in the log");

        // One that is down is still tried when there is no other.
        using LoopbackServer back = new(async socket => await socket.SendAsync("back"u8.ToArray()), port: dead);
        Assert.Equal("back", await AskAsync(forwarder));
    }

    [Theory]
    [InlineData(ProxyHeaderVersion.V1)]
    [InlineData(ProxyHeaderVersion.V2)]
    public async Task Forward_WithProxyHeader_TellsTheTargetWhoTheClientIs(ProxyHeaderVersion version)
    {
        StreamServer target = new($"haproxy:{Loopback}", new TellsPeer());
        await using var running = await RunningService.StartAsync(target);
        PortForwarder forwarder = new(Endpoint.Parse(Loopback), [Endpoint.ParseClient($"tcp:127.0.0.1:{((IPEndPoint)target.LocalAddresses[0]).Port}")], new PortForwardOptions { ProxyHeader = version });
        await using var running2 = await RunningService.StartAsync(forwarder);
        using var client = await Peer.ConnectAsync(forwarder.LocalAddresses[0]);
        Assert.Equal($"{client.Socket.LocalEndPoint} at {client.Socket.RemoteEndPoint}", Encoding.ASCII.GetString(await client.ReadToEndAsync()));
    }

    [Fact]
    public void ProxyHeader_OtherFamilies_IsAsTheProtocolSays()
    {
        UnixDomainSocketEndPoint unix = new("/x");
        IPEndPoint from = new(IPAddress.IPv6Loopback, 1), to = new(IPAddress.Parse("fe80::2%3"), 65535);
        Assert.Equal("PROXY TCP6 ::1 fe80::2 1 65535\r\n", Encoding.ASCII.GetString(ProxyHeaderText.Of(ProxyHeaderVersion.V1, from, to)));
        Assert.Equal("0D0A0D0A000D0A515549540A21210024" + new string('0', 31) + "1FE80" + new string('0', 27) + "20001FFFF", Convert.ToHexString(ProxyHeaderText.Of(ProxyHeaderVersion.V2, from, to)));
        Assert.Equal("PROXY UNKNOWN\r\n", Encoding.ASCII.GetString(ProxyHeaderText.Of(ProxyHeaderVersion.V1, unix, unix)));
        Assert.Equal("0D0A0D0A000D0A515549540A21000000", Convert.ToHexString(ProxyHeaderText.Of(ProxyHeaderVersion.V2, unix, unix)));
        Assert.Empty(ProxyHeaderText.Of(ProxyHeaderVersion.None, from, to));
    }

    [Fact]
    public async Task Forward_CurlThroughIt_GetsThePage()
    {
        using var http = LoopbackServer.Http("the page");
        PortForwarder forwarder = new(Loopback, $"tcp:127.0.0.1:{http.Port}");
        await using var running = await RunningService.StartAsync(forwarder);
        Assert.Equal("the page", await RealClient.RunAsync("curl", "", "-s", $"http://{forwarder.LocalAddresses[0]}/"));
    }

    [Fact]
    public void MakeService_Options_BecomeTheForwarder()
    {
        var options = OptionParser.Parse<PortForwardCommandLine>("-l", Loopback, "-t", "tcp:127.0.0.1:1", "-t", "unix:/tmp/x", "--proxy-header", "v2", "--idle-timeout", "1m", "--max-connections", "5");
        var forwarder = (PortForwarder)((IServiceMaker)new PortForwardServiceMaker()).MakeService(options);
        Assert.Equal((5, TimeSpan.FromMinutes(1)), (forwarder.Limits.MaxConnections, forwarder.Limits.IdleTimeout));
        Assert.NotNull(OptionParser.Parse<PortForwardCommandLine>("-p", "0", "-h", "::1", "-d", "80").Make());
    }

    [Theory]
    [InlineData("--listen", "-l", "tpc:80")]
    [InlineData("--target", "-t", "tcp:80")]
    [InlineData("--port", "-p", "65536")]
    [InlineData("--dest-port", "-d", "0")]
    [InlineData("host", "-h", "")]
    [InlineData("--proxy-header", "--proxy-header", "v3")]
    [InlineData("--proxy-header and --target cannot be combined", "--proxy-header", "v1", "-t", "tls:localhost:443")]
    [InlineData("--connect-timeout", "--connect-timeout", "0")]
    [InlineData("--rest-time", "--rest-time", "soon")]
    [InlineData("--idle-timeout", "--idle-timeout", "0")]
    [InlineData("--max-connections", "--max-connections", "0")]
    public void Read_BadValue_IsTold(string expected, params string[] words)
    {
        var mistake = Assert.Throws<UsageException>(() => OptionParser.Parse<PortForwardCommandLine>(words));
        Assert.Contains(expected, mistake.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', mistake.Message);
        Assert.DoesNotContain("(Parameter", mistake.Message, StringComparison.Ordinal);
    }

    /// <summary>All that is said on a connection. One that is reset at once may fail in its connect already.</summary>
    private static async Task<string> AskAsync(PortForwarder forwarder)
    {
        try
        {
            using var client = await Peer.ConnectAsync(forwarder.LocalAddresses[0]);
            return Encoding.ASCII.GetString(await client.ReadToEndAsync());
        }
        catch (SocketException)
        {
            return "";
        }
    }

    private sealed class TellsPeer : ServerFactory
    {
        protected override Protocol BuildProtocol(EndPoint peer) => new Telling();

        private sealed class Telling : Protocol
        {
            protected override void ConnectionMade()
            {
                Transport.Write(Encoding.ASCII.GetBytes($"{Transport.Peer} at {Transport.Local}"));
                Transport.LoseConnection();
            }
        }
    }
}
