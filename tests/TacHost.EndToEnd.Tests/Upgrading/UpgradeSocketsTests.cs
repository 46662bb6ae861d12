using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Text;
using TacHost.EndToEnd.Tests.Running;

namespace TacHost.EndToEnd.Tests.Upgrading;

/// <summary>An upgrade with each kind of socket, under a service manager, and of a plugin.</summary>
public sealed class UpgradeSocketsTests
{
    private const string Tac = """
        class Echo : Protocol { protected override void DataReceived(ReadOnlySpan<byte> data) => Transport.Write(data.ToArray()); }
        class EchoFactory : ServerFactory { protected override Protocol BuildProtocol(EndPoint peer) => new Echo(); }
        class Datagrams : DatagramProtocol { protected override void DatagramReceived(ReadOnlySpan<byte> data, EndPoint endPoint) => Transport.Write(data, endPoint); }
        var application = new Application("echo");
        void Add(IService service) => service.SetServiceParent(application);

        """;

    [Fact]
    public async Task Upgrade_WithEachKindOfSocket_PassesTheSameSockets()
    {
        await using var sandbox = new Sandbox();
        var udp = UnusedPort.Next();
        sandbox.Write("echo.csx", Tac + $"""
            Add(new StreamServer("tls:0:interface=127.0.0.1:selfSigned=localhost", new EchoFactory()));
            Add(new UdpServer({udp}, new Datagrams(), "127.0.0.1"));
            Add(new UnixServer("echo.sock", new EchoFactory()));
            Add(new UnixDatagramServer("gram.sock", new Datagrams()));
            """);
        var old = await sandbox.StartDaemonAsync("echo.csx");
        var port = sandbox.Port();
        var before = Bound(old, sandbox, port, udp);
        Assert.Equal(4, before.Count);
        await AssertAnswerAsync();

        // Twice: what a process has inherited, it passes on.
        await UpgradeAsync(sandbox, old);
        await UpgradeAsync(sandbox, sandbox.DaemonId);

        Assert.Equal(before, Bound(sandbox.DaemonId, sandbox, port, udp));
        await AssertAnswerAsync();
        var id = sandbox.DaemonId;
        await sandbox.KillAsync(id);
        await Until.GoneAsync(id);
        Assert.False(File.Exists(sandbox.PathOf("echo.sock")) || File.Exists(sandbox.PathOf("gram.sock")));

        async Task AssertAnswerAsync()
        {
            using Socket tcp = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            await tcp.ConnectAsync(new IPEndPoint(IPAddress.Loopback, port), TestContext.Current.CancellationToken);
            await using SslStream tls = new(new NetworkStream(tcp), leaveInnerStreamOpen: false, (_, certificate, _, _) => certificate?.Subject == "CN=localhost");
            await tls.AuthenticateAsClientAsync("localhost").Soon();
            Assert.Equal("tls", await AskAsync(tls, "tls"));

            using Socket unix = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
            await unix.ConnectAsync(new UnixDomainSocketEndPoint(sandbox.PathOf("echo.sock")), TestContext.Current.CancellationToken);
            await using NetworkStream stream = new(unix);
            Assert.Equal("unix", await AskAsync(stream, "unix"));

            using Socket datagrams = new(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
            await datagrams.ConnectAsync(new IPEndPoint(IPAddress.Loopback, udp), TestContext.Current.CancellationToken);
            await AssertAnswersDatagramsAsync(datagrams);

            var own = sandbox.PathOf($"client-{Guid.NewGuid():N}.sock");
            using Socket local = new(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified);
            local.Bind(new UnixDomainSocketEndPoint(own));
            await local.ConnectAsync(new UnixDomainSocketEndPoint(sandbox.PathOf("gram.sock")), TestContext.Current.CancellationToken);
            await AssertAnswersDatagramsAsync(local);
        }
    }

    [Fact]
    public async Task Upgrade_WithSocketsOfSystemd_ServesOnThem()
    {
        Assert.SkipUnless(Program.IsInstalled("systemd-socket-activate"), "systemd-socket-activate is not installed (systemd)");
        await using var sandbox = new Sandbox();
        sandbox.Write("second.txt", "the second poem\n");
        sandbox.Write("activated.csx", """
            #r "FastPoetry.Services.dll"
            using FastPoetry.Services;
            var application = new Application("activated");
            void Serve(string endpoint, string file)
            {
                var poetry = new PoetryService(file);
                poetry.SetServiceParent(application);
                new StreamServer(endpoint, new PoetryFactory(poetry)).SetServiceParent(application);
            }
            Serve("systemd:name=first", "poem.txt");
            Serve("systemd:domain=INET:index=1", "second.txt");
            """);
        var (first, second) = (UnusedPort.Next(), UnusedPort.Next());
        using var activator = sandbox.StartProgram("systemd-socket-activate", "--listen", $"127.0.0.1:{first}", "--listen", $"127.0.0.1:{second}", "--fdname", "first:second", "--setenv", "TACHOST_CACHE", Program.Tachost, "activated.csx");
        await AssertServeAsync();
        await activator.WaitForExitAsync(TestContext.Current.CancellationToken).Soon();
        var old = sandbox.DaemonId;
        var before = Bound(old, sandbox, first, second);
        Assert.Equal(2, before.Count);

        await UpgradeAsync(sandbox, old);

        Assert.Equal(before, Bound(sandbox.DaemonId, sandbox, first, second));
        await AssertServeAsync();
        await UpgradeAsync(sandbox, sandbox.DaemonId);
        await AssertServeAsync();

        async Task AssertServeAsync()
        {
            await Until.TrueAsync(() => IsOpen(second), "a listener");
            Assert.Equal("the second poem\n", Encoding.UTF8.GetString(await sandbox.FetchAsync(second)));
            Assert.Equal(Sandbox.Poem, Encoding.UTF8.GetString(await sandbox.FetchAsync(first)));
        }
    }

    [Fact]
    public async Task Upgrade_UnderAServiceManager_TellsItTheNewMainProcess()
    {
        await using var sandbox = new Sandbox();
        using Socket manager = new(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified);
        manager.Bind(new UnixDomainSocketEndPoint(sandbox.PathOf("notify")));
        sandbox.Environment["NOTIFY_SOCKET"] = sandbox.PathOf("notify");
        using var process = sandbox.Start("--nodaemon", "--logfile", "tachost.log", sandbox.UseSharedTac());
        Assert.StartsWith($"READY=1\nMAINPID={process.Id}\n", await ReceiveAsync(manager), StringComparison.Ordinal);
        var port = sandbox.Port();

        Assert.Equal(0, (await sandbox.TachostAsync("upgrade", sandbox.PidFile)).ExitCode);

        var now = sandbox.DaemonId;
        List<string> told = [await ReceiveAsync(manager)];
        while (!told[^1].StartsWith("READY=1\n", StringComparison.Ordinal))
            told.Add(await ReceiveAsync(manager));
        Assert.StartsWith($"MAINPID={now}\n", told[0] + "\n", StringComparison.Ordinal);
        Assert.StartsWith($"READY=1\nMAINPID={now}\n", told[^1], StringComparison.Ordinal);
        Assert.DoesNotContain(told, each => each.Contains("STOPPING=1", StringComparison.Ordinal));
        await process.WaitForExitAsync(TestContext.Current.CancellationToken).Soon();
        Assert.Equal(0, process.ExitCode);
        Assert.Equal(Sandbox.Poem, Encoding.UTF8.GetString(await sandbox.FetchAsync(port)));
        await sandbox.KillAsync(now);
        await Until.GoneAsync(now);
        Assert.StartsWith("STOPPING=1\n", await ReceiveAsync(manager), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Upgrade_OfAPlugin_ReadsItsFilesAgain()
    {
        await using var sandbox = new Sandbox();
        var old = await sandbox.StartDaemonAsync("fastpoetry", "--iface", "127.0.0.1", "--port", "0", "--poem", "poem.txt");
        var port = sandbox.Port();
        sandbox.Write("poem.txt", "a new poem\n");

        await UpgradeAsync(sandbox, old);

        Assert.Equal("a new poem\n", Encoding.UTF8.GetString(await sandbox.FetchAsync(port)));
    }

    private static async Task UpgradeAsync(Sandbox sandbox, int old)
    {
        var outcome = await sandbox.TachostAsync("upgrade", sandbox.PidFile);
        Assert.Equal((0, ""), (outcome.ExitCode, outcome.Error));
        await Until.GoneAsync(old);
        Assert.Equal([sandbox.DaemonId], sandbox.Daemons());
    }

    /// <summary>Returns the inodes of the sockets of a process that are bound to some ports, or to a path in the sandbox.</summary>
    private static SortedSet<string> Bound(int process, Sandbox sandbox, params int[] ports)
    {
        var open = Directory.EnumerateFiles($"/proc/{process}/fd").Select(path => new FileInfo(path).LinkTarget).OfType<string>().Where(target => target.StartsWith("socket:[", StringComparison.Ordinal)).Select(target => target[8..^1]).ToHashSet();
        var addresses = ports.Select(port => $"0100007F:{port:X4}").ToList();
        var byPort = new[] { "tcp", "udp" }.SelectMany(table => File.ReadLines($"/proc/net/{table}").Skip(1)).Select(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries))
            .Where(fields => addresses.Contains(fields[1]) && fields[3] is "0A" or "07").Select(fields => fields[9]);
        var byPath = File.ReadLines("/proc/net/unix").Where(line => line.Contains(sandbox.Directory, StringComparison.Ordinal)).Select(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[6]);
        return [.. byPort.Concat(byPath).Where(open.Contains)];
    }

    private static bool IsOpen(int port) => File.ReadLines("/proc/net/tcp").Any(line => line.Contains($"0100007F:{port:X4} 00000000:0000 0A", StringComparison.Ordinal));

    /// <summary>Asks until there is an answer: a datagram that arrives while the receiver changes can be lost.</summary>
    private static async Task AssertAnswersDatagramsAsync(Socket socket)
    {
        await Until.TrueAsync(
            () =>
            {
                socket.Send("datagram"u8);
                return socket.Poll(TimeSpan.FromMilliseconds(200), SelectMode.SelectRead);
            },
            "an answer");
        var answer = new byte[64];
        var count = await socket.ReceiveAsync(answer, TestContext.Current.CancellationToken);
        Assert.Equal("datagram", Encoding.ASCII.GetString(answer.AsSpan(0, count)));
    }

    private static async Task<string> AskAsync(Stream stream, string text)
    {
        await stream.WriteAsync(Encoding.ASCII.GetBytes(text), TestContext.Current.CancellationToken);
        var answer = new byte[text.Length];
        await stream.ReadExactlyAsync(answer, TestContext.Current.CancellationToken).AsTask().Soon();
        return Encoding.ASCII.GetString(answer);
    }

    private static async Task<string> ReceiveAsync(Socket socket)
    {
        var buffer = new byte[4096];
        return Encoding.UTF8.GetString(buffer, 0, await socket.ReceiveAsync(buffer, TestContext.Current.CancellationToken).AsTask().Soon());
    }
}
