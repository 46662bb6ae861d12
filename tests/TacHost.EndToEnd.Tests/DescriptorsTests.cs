using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using TacHost.EndToEnd.Tests.Running;

namespace TacHost.EndToEnd.Tests;

/// <summary>A process that runs out of file descriptors. It holds about ninety for itself: two for each assembly that is loaded.</summary>
public sealed class DescriptorsTests
{
    private const string Paused = "is paused, because the process is out of resources";
    private const int Limit = 160;

    /// <summary>Two listeners whose protocol connects to the port that it is told, and says when it has.</summary>
    private const string TwoConnectors = """
        using System.Net;
        using System.Net.Sockets;
        using TacHost.Services.Networking;
        class Connector : Protocol
        {
            protected override void DataReceived(ReadOnlySpan<byte> data) => _ = ConnectAsync(int.Parse(data));
            async Task ConnectAsync(int port)
            {
                using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
                await socket.ConnectAsync(IPAddress.Loopback, port);
                Transport.Write("connected"u8.ToArray());
            }
        }
        class Connectors : ServerFactory
        {
            protected override Protocol BuildProtocol(EndPoint peer) => new Connector();
        }
        var application = new Application("connectors");
        new TcpServer(0, new Connectors(), "127.0.0.1").SetServiceParent(application);
        new TcpServer(0, new Connectors(), "127.0.0.1").SetServiceParent(application);
        """;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Accepting_DescriptorsRunOut_PausesWithoutSpinningAndGoesOn()
    {
        Assert.SkipUnless(Program.IsInstalled("prlimit"), "prlimit is not installed (util-linux)");
        await using var sandbox = new Sandbox();
        await File.WriteAllBytesAsync(sandbox.PathOf("long.txt"), new byte[20_000_000], Token);
        await StartLimitedAsync(sandbox, sandbox.WriteTac(poem: "long.txt"));
        var port = sandbox.Port();
        using var clients = new OpenSockets();
        await clients.ConnectAsync(port, Limit);
        await Until.TrueAsync(() => sandbox.Log.Contains(Paused, StringComparison.Ordinal), "the pause");
        await AssertIdleAsync(sandbox, sandbox.DaemonId);

        // One at a time: each is served as soon as one has gone, and that is no news.
        for (var i = 0; i < 20; i++)
        {
            clients.CloseOldest();
            await clients.ConnectAsync(port, 1);
        }

        await AssertIdleAsync(sandbox, sandbox.DaemonId);
        clients.Dispose();
        Assert.Equal(20_000_000, (await sandbox.FetchAsync(port)).Length);
        await Until.TrueAsync(() => sandbox.Log.Contains($"Accepting on 127.0.0.1:{port} again.", StringComparison.Ordinal), "the end of the pause");
        Assert.Equal(2, Count(sandbox.Log, "Accepting on"));
    }

    [Fact]
    public async Task Accepting_LimitLoweredBelowWhatIsOpen_PausesUntilItIsRaised()
    {
        Assert.SkipUnless(Program.IsInstalled("prlimit"), "prlimit is not installed (util-linux)");
        await using var sandbox = new Sandbox();
        var id = await sandbox.StartDaemonAsync(sandbox.WriteTac());
        var port = sandbox.Port();
        var sockets = Sockets(id);
        Assert.Equal(Encoding.UTF8.GetBytes(Sandbox.Poem), await sandbox.FetchAsync(port));

        // The descriptor of the connection would be free later, below the limit.
        await Until.TrueAsync(() => Sockets(id) == sockets, "the end of the connection");

        // The limit is the first free number: not a single descriptor can be had.
        var open = Directory.EnumerateFiles($"/proc/{id}/fd").Select(path => int.Parse(Path.GetFileName(path), CultureInfo.InvariantCulture)).ToHashSet();
        Assert.Equal(0, (await LimitAsync($"{Enumerable.Range(0, open.Count + 1).First(number => !open.Contains(number))}:")).ExitCode);
        var waiting = Task.WhenAll(Enumerable.Range(0, 10).Select(_ => sandbox.FetchAsync(port)));
        await Until.TrueAsync(() => sandbox.Log.Contains(Paused, StringComparison.Ordinal), "the pause");
        await AssertIdleAsync(sandbox, id);
        Assert.False(waiting.IsCompleted);

        Assert.Equal(0, (await LimitAsync("1024:")).ExitCode);
        Assert.All(await waiting.WaitAsync(Bounded.Patience, Token), poem => Assert.Equal(Encoding.UTF8.GetBytes(Sandbox.Poem), poem));
        await Until.TrueAsync(() => sandbox.Log.Contains($"Accepting on 127.0.0.1:{port} again.", StringComparison.Ordinal), "the end of the pause");
        Assert.Equal(2, Count(sandbox.Log, "Accepting on"));
        await sandbox.KillAsync(id);
        await Until.GoneAsync(id);
        Assert.EndsWith("Server Shut Down.\n", sandbox.Log, StringComparison.Ordinal);

        Task<Outcome> LimitAsync(string limit) => sandbox.RunAsync("prlimit", "--pid", id.ToString(CultureInfo.InvariantCulture), $"--nofile={limit}");
    }

    [Fact]
    public async Task Accepting_PausedOnTwoListeners_LeavesDescriptorsForConnectionsOutAndForTheLog()
    {
        Assert.SkipUnless(Program.IsInstalled("prlimit"), "prlimit is not installed (util-linux)");
        await using var sandbox = new Sandbox();
        await StartLimitedAsync(sandbox, sandbox.Write("connectors.csx", TwoConnectors));
        using var clients = new OpenSockets();
        var served = await clients.ConnectAsync(sandbox.Port(0), 1);
        await clients.ConnectAsync(sandbox.Port(0), Limit / 2);
        await clients.ConnectAsync(sandbox.Port(1), Limit / 2);
        await Until.TrueAsync(() => Count(sandbox.Log, Paused) == 2, "the pause of both");

        using var target = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        target.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        target.Listen();
        await served.SendAsync(Encoding.ASCII.GetBytes(((IPEndPoint)target.LocalEndPoint!).Port.ToString(CultureInfo.InvariantCulture)), Token);
        var answer = new byte[9];
        await new NetworkStream(served).ReadExactlyAsync(answer, Token).AsTask().WaitAsync(Bounded.Patience, Token);
        Assert.Equal("connected", Encoding.ASCII.GetString(answer));

        // As logrotate does.
        File.Move(sandbox.PathOf("tachost.log"), sandbox.PathOf("moved.log"));
        await sandbox.KillAsync(sandbox.DaemonId, "USR1");
        await Until.TrueAsync(() => File.Exists(sandbox.PathOf("tachost.log")), "the new log");

        clients.Dispose();
        await Until.TrueAsync(() => Count(sandbox.Log, "again.") == 2, "the end of the pause of both");
    }

    private static int Sockets(int id) => Directory.EnumerateFiles($"/proc/{id}/fd").Count(path => new FileInfo(path).LinkTarget?.StartsWith("socket:", StringComparison.Ordinal) == true);

    private static async Task StartLimitedAsync(Sandbox sandbox, string tac) =>
        Assert.Equal(new Outcome(0, "", ""), await sandbox.RunAsync("prlimit", $"--nofile={Limit}", Program.Tachost, tac));

    /// <summary>Comes to take less than a twentieth of a processor, once it has done and compiled what there was to do: a spin would never end.</summary>
    private static Task AssertIdleAsync(Sandbox sandbox, int id)
    {
        var (before, start) = (Proc.CpuTime(id), Stopwatch.GetTimestamp());
        return Until.TrueAsync(
            () =>
            {
                if (Stopwatch.GetElapsedTime(start) < TimeSpan.FromSeconds(2))
                    return false;
                Assert.True(Until.IsAlive(id), sandbox.Log);
                var isIdle = Proc.CpuTime(id) - before < Stopwatch.GetElapsedTime(start) / 20;
                (before, start) = (Proc.CpuTime(id), Stopwatch.GetTimestamp());
                return isIdle;
            },
            "two seconds without a spin");
    }

    private static int Count(string text, string part) => text.Split('\n').Count(line => line.Contains(part, StringComparison.Ordinal));
}
