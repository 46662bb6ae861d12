using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Microsoft.Extensions.Logging;
using TacHost.Proxies.Socks;
using TacHost.Services;
using TacHost.Services.Plugins;

namespace TacHost.Servers.Tests.Socks;

public sealed class SocksServerTests
{
    private static readonly byte[] _greeting = [5, 1, 0];

    [Theory]
    [InlineData("--socks4", "127.0.0.1")]
    [InlineData("--socks4a", "localhost")]
    [InlineData("--socks5", "127.0.0.1")]
    [InlineData("--socks5-hostname", "localhost")]
    public async Task Connect_Curl_GetsThePage(string option, string host)
    {
        using var http = LoopbackServer.Http("the page");
        await using var running = await StartAsync(out var server);
        Assert.Equal("the page", await RealClient.RunAsync("curl", "", "-s", option, $"{server.LocalAddresses[0]}", $"http://{host}:{http.Port}/"));
        Assert.Contains(running.Log.Lines, line => line.Text.EndsWith($"is connected to {host}:{http.Port}", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(new byte[] { })]
    [InlineData(new byte[] { 5, 3, 0 })]
    [InlineData(new byte[] { 5, 1, 0, 5, 1 })]
    public async Task Stop_ClientThatHasAskedForNothing_IsNotWaitedFor(byte[] sent)
    {
        await using var running = await StartAsync(out var server, new SocksOptions { HandshakeTimeout = TimeSpan.FromHours(1) });
        using var client = await Peer.ConnectAsync(server.LocalAddresses[0]);
        await client.SendAsync(sent);
        if (sent is [5, 1, 0, ..])
            Assert.Equal([5, 0], await client.ReadAsync(2));
        await running.StopAsync().Soon();
    }

    [Fact]
    public async Task Refused_ManyTimes_LogsAFewLinesAndTheirNumber()
    {
        await using var running = await StartAsync(out var server);
        for (var i = 0; i < 50; i++)
            Assert.Equal(2, await AnswerAsync(server, [5, 1, 0, 1, 169, 254, 169, 254, 0, 80]));
        Assert.Equal(10, running.Log.Lines.Count(line => line.Text.Contains(" is refused ", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task Connect_Proxychains_GetsThePage()
    {
        using var http = LoopbackServer.Http("the page");
        using TemporaryDirectory directory = new();
        await using var running = await StartAsync(out var server);
        foreach (var kind in new[] { "socks4", "socks5" })
        {
            File.WriteAllText(directory["conf"], $"strict_chain\nquiet_mode\n[ProxyList]\n{kind} 127.0.0.1 {Port(server)}\n");
            Assert.Equal("the page", await RealClient.RunAsync("proxychains4", "", "-q", "-f", directory["conf"], "curl", "-s", $"http://127.0.0.1:{http.Port}/"));
        }
    }

    [Fact]
    public async Task Connect_WithPasswords_LetsOnlyUsersIn()
    {
        using var http = LoopbackServer.Http("the page");
        using TemporaryDirectory directory = new();
        var hash = await RealClient.RunAsync("openssl", "", "passwd", "-6", "secret");
        File.WriteAllText(directory["passwd"], $"alice:{hash}");
        await using var running = await StartAsync(out var server, new SocksOptions { Passwords = new PasswordFile(directory["passwd"]) });
        var url = $"http://127.0.0.1:{http.Port}/";
        var proxy = $"{server.LocalAddresses[0]}";
        Assert.Equal("the page", await RealClient.RunAsync("curl", "", "-s", "--socks5", proxy, "--proxy-user", "alice:secret", url));
        Assert.Equal("", await RealClient.RunAsync("curl", "", "-s", "--socks5", proxy, "--proxy-user", "alice:wrong", url));
        Assert.Equal("", await RealClient.RunAsync("curl", "", "-s", "--socks5", proxy, url));
        Assert.Equal("", await RealClient.RunAsync("curl", "", "-s", "--socks4", proxy, url));
        Assert.Contains(running.Log.Lines, line => line.Text.EndsWith("has given a wrong password for 'alice'", StringComparison.Ordinal));
        Assert.Equal(1, http.Connections);
    }

    [Fact]
    public async Task Bind_Python_AcceptsOneConnectionFromTheHost()
    {
        await using var running = await StartAsync(out var server);
        const string script = """
            import socket, struct, sys, time
            for version in (4, 5):
                s = socket.create_connection(("127.0.0.1", int(sys.argv[1])), 30)
                f = s.makefile("rb")
                if version == 5:
                    s.sendall(b"\5\1\0"); assert f.read(2) == b"\5\0"
                    s.sendall(b"\5\2\0\1\x7f\0\0\1\0\0")
                    read = lambda: struct.unpack("!BBBB4sH", f.read(10))
                    at = lambda r: (r[1], socket.inet_ntoa(r[4]), r[5])
                else:
                    s.sendall(b"\4\2\0\0\x7f\0\0\1me\0")
                    read = lambda: struct.unpack("!BBH4s", f.read(8))
                    at = lambda r: (r[1], socket.inet_ntoa(r[3]), r[2])
                answer, host, port = at(read())
                peer = socket.create_connection((host, port), 30)
                answer2, host2, port2 = at(read())
                assert (host2, port2) == peer.getsockname(), (host2, port2)
                peer.sendall(b"ping"); assert f.read(4) == b"ping"
                s.sendall(b"pong"); assert peer.recv(4) == b"pong"
                for attempt in range(200):
                    try:
                        socket.create_connection((host, port), 30).close(); time.sleep(0.05)
                    except ConnectionRefusedError:
                        break
                else:
                    print("still open")
                s.shutdown(socket.SHUT_WR); assert peer.recv(1) == b""
                print(answer, answer2)
            """;
        Assert.Equal("90 90\n0 0\n", await RealClient.RunAsync("python3", script, "-", Port(server)));
    }

    [Fact]
    public async Task UdpAssociate_Python_PassesDatagramsOnAndBack()
    {
        await using var running = await StartAsync(out var server);
        const string script = """
            import socket, struct, sys
            echo = socket.socket(socket.AF_INET, socket.SOCK_DGRAM); echo.bind(("127.0.0.1", 0)); echo.settimeout(30)
            stranger = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
            s = socket.create_connection(("127.0.0.1", int(sys.argv[1])), 30)
            f = s.makefile("rb")
            s.sendall(b"\5\1\0"); f.read(2)
            u = socket.socket(socket.AF_INET, socket.SOCK_DGRAM); u.bind(("127.0.0.1", 0)); u.settimeout(30)
            s.sendall(b"\5\3\0\1\0\0\0\0" + struct.pack("!H", u.getsockname()[1]))
            r = struct.unpack("!BBBB4sH", f.read(10)); assert r[1] == 0
            relay = (socket.inet_ntoa(r[4]), r[5])
            port = struct.pack("!H", echo.getsockname()[1])
            for header in (b"\0\0\0\1\x7f\0\0\1" + port, b"\0\0\0\3\x09localhost" + port):
                u.sendto(b"\0\0", relay); u.sendto(b"\0\0\1\1\x7f\0\0\1" + port + b"fragment", relay); u.sendto(b"\0\0\0\7garbage", relay)
                stranger.sendto(header + b"stranger", relay)
                u.sendto(header + b"hello", relay)
                data, outside = echo.recvfrom(65536); assert data == b"hello", data
                stranger.sendto(b"unasked", outside)
                echo.sendto(b"HELLO", outside)
                back, _ = u.recvfrom(65536)
                print(back[10:], back[:4], back[8:10] == port)
            s.close()
            """;
        var line = "b'HELLO' b'\\x00\\x00\\x00\\x01' True\n";
        Assert.Equal(line + line, await RealClient.RunAsync("python3", script, "-", Port(server)));
    }

    [Fact]
    public async Task Connect_Failures_HaveTheirAnswers()
    {
        await using var running = await StartAsync(out var server, new SocksOptions { Denied = [SocksDestination.Parse("127.0.0.1:7"), SocksDestination.Parse("*.denied.example")], AllowsBind = false, AllowsUdp = false });
        var dead = UnusedPort.Next();
        byte[] port = [(byte)(dead >> 8), (byte)dead];
        Assert.Equal(5, await AnswerAsync(server, [5, 1, 0, 1, 127, 0, 0, 1, .. port]));
        Assert.Equal(2, await AnswerAsync(server, [5, 1, 0, 1, 127, 0, 0, 1, 0, 7]));
        Assert.Equal(2, await AnswerAsync(server, [5, 1, 0, 1, 169, 254, 169, 254, 0, 80]));
        Assert.Equal(2, await AnswerAsync(server, [5, 1, 0, 4, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF, 169, 254, 169, 254, 0, 80]));
        Assert.Equal(2, await AnswerAsync(server, [5, 1, 0, 3, 16, .. "a.denied.example"u8, 0, 80]));
        Assert.Equal(7, await AnswerAsync(server, [5, 2, 0, 1, 127, 0, 0, 1, 0, 0]));
        Assert.Equal(7, await AnswerAsync(server, [5, 3, 0, 1, 0, 0, 0, 0, 0, 0]));
        Assert.Equal(7, await AnswerAsync(server, [5, 9, 0, 1, 127, 0, 0, 1, 0, 7]));
        Assert.Equal(8, await AnswerAsync(server, [5, 1, 0, 9, 127, 0, 0, 1, 0, 7]));
        using var none = await Peer.ConnectAsync(server.LocalAddresses[0]);
        await none.SendAsync(5, 2, 1, 3);
        Assert.Equal([5, 0xFF], await none.ReadToEndAsync());
        using var four = await Peer.ConnectAsync(server.LocalAddresses[0]);
        await four.SendAsync([4, 1, .. port, 127, 0, 0, 1, 0]);
        Assert.Equal([0, 91, 0, 0, 0, 0, 0, 0], await four.ReadToEndAsync());
    }

    [Fact]
    public async Task Connect_RequestByteByByteWithDataBehindIt_IsServed()
    {
        using var echo = LoopbackServer.Echo();
        await using var running = await StartAsync(out var server);
        using var client = await Peer.ConnectAsync(server.LocalAddresses[0]);
        client.Socket.NoDelay = true;
        byte[] all = [5, 3, 9, 0, 7, 5, 1, 0, 3, 9, .. "localhost"u8, (byte)(echo.Port >> 8), (byte)echo.Port];
        foreach (var each in all)
            await client.SendAsync(each);
        await client.SendAsync("early data");
        Assert.Equal([5, 0], await client.ReadAsync(2));
        var reply = await client.ReadAsync(10);
        Assert.Equal([5, 0, 0, 1, 127, 0, 0, 1], reply[..8]);
        Assert.Equal("early data", await client.ReadTextAsync(10));
        client.Socket.Shutdown(SocketShutdown.Send);
        Assert.Empty(await client.ReadToEndAsync());
    }

    [Fact]
    public async Task Handshake_ThatTakesTooLong_IsBrokenOff()
    {
        await using var running = await StartAsync(out var server, new SocksOptions { HandshakeTimeout = TimeSpan.FromMilliseconds(100) });
        using var client = await Peer.ConnectAsync(server.LocalAddresses[0]);
        await client.SendAsync(5);
        Assert.Empty(await client.ReadToEndAsync());
    }

    [Fact]
    public async Task Input_OfAnyBytes_NeitherCrashesNorKeepsOthersFromBeingServed()
    {
        using var http = LoopbackServer.Http("the page");
        await using var running = await StartAsync(out var server, new SocksOptions { Allowed = [SocksDestination.Parse($"127.0.0.1:{http.Port}")], AllowsBind = false });
        Random random = new(7);
        for (var round = 0; round < 20; round++)
        {
            await Task.WhenAll(Enumerable.Range(0, 20).Select(async _ =>
            {
                byte[] junk = new byte[random.Next(1, 3000)];
                lock (random)
                    random.NextBytes(junk);
                byte[][] starts = [[], [4], [5, 1, 0], [5, 1, 0, 5, 1, 0, 3], [4, 1, 0, 80, 0, 0, 0, 1]];
                using var client = await Peer.ConnectAsync(server.LocalAddresses[0]);
                try
                {
                    await client.SendAsync([.. starts[junk[0] % starts.Length], .. junk]);
                    client.Socket.Shutdown(SocketShutdown.Send);
                }
                catch (SocketException)
                {
                    return;
                }

                await client.ReadToEndAsync();
            }));
            Assert.Equal("the page", await FetchAsync(server, http.Port));
        }

        Assert.DoesNotContain(running.Log.Lines, line => line.Level >= LogLevel.Error);
        await running.StopAsync();
    }

    [Fact]
    public async Task StartAsync_BeyondLoopback_WarnsLoudly()
    {
        SocksServer server = new(0, "0.0.0.0");
        await using var running = await RunningService.StartAsync(server);
        Assert.Contains(running.Log.Lines, line => line.Level == LogLevel.Warning && line.Text.StartsWith("Open proxy: all clients that can reach 0.0.0.0:", StringComparison.Ordinal));
        await using var quiet = await StartAsync(out _);
        Assert.DoesNotContain(quiet.Log.Lines, line => line.Level == LogLevel.Warning);
    }

    [Fact]
    public async Task MakeService_Options_BecomeTheServer()
    {
        var options = OptionParser.Parse<SocksCommandLine>("-p", "0", "-a", "localhost", "--allow", "127.0.0.1", "-d", "*:25", "--no-udp");
        var server = (SocksServer)((IServiceMaker)new SocksServiceMaker()).MakeService(options);
        await using var running = await RunningService.StartAsync(server);
        Assert.Equal(2, await AnswerAsync(server, [5, 1, 0, 1, 127, 0, 0, 1, 0, 25]));
        Assert.Equal(2, await AnswerAsync(server, [5, 1, 0, 1, 127, 0, 0, 2, 0, 26]));
        Assert.Equal(7, await AnswerAsync(server, [5, 3, 0, 1, 0, 0, 0, 0, 0, 0]));
    }

    private static Task<RunningService> StartAsync(out SocksServer server, SocksOptions? options = null) => RunningService.StartAsync(server = new SocksServer(0, options: options));

    private static string Port(SocksServer server) => ((IPEndPoint)server.LocalAddresses[0]).Port.ToString(CultureInfo.InvariantCulture);

    private static async Task<int> AnswerAsync(SocksServer server, byte[] request)
    {
        using var client = await Peer.ConnectAsync(server.LocalAddresses[0]);
        await client.SendAsync(_greeting);
        Assert.Equal([5, 0], await client.ReadAsync(2));
        await client.SendAsync(request);
        var reply = await client.ReadToEndAsync();
        Assert.Equal([5, 0, 1], [reply[0], reply[2], reply[3]]);
        return reply[1];
    }

    private static async Task<string> FetchAsync(SocksServer server, int port)
    {
        using var client = await Peer.ConnectAsync(server.LocalAddresses[0]);
        await client.SendAsync([4, 1, (byte)(port >> 8), (byte)port, 127, 0, 0, 1, 0]);
        Assert.Equal(90, (await client.ReadAsync(8))[1]);
        await client.SendAsync("GET / HTTP/1.1\r\n\r\n");
        var page = Encoding.ASCII.GetString(await client.ReadToEndAsync());
        return page[(page.LastIndexOf('\n') + 1)..];
    }
}
