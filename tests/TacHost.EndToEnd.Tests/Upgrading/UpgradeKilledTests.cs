using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using TacHost.EndToEnd.Tests.Running;

namespace TacHost.EndToEnd.Tests.Upgrading;

/// <summary>kill -9 of the old or of the new process at ten moments of an upgrade: one process serves on the same port, and never two or none.</summary>
public sealed class UpgradeKilledTests
{
    private const int Moments = 10;

    private const string EchoTac = """
        class Echo : Protocol { protected override void DataReceived(ReadOnlySpan<byte> data) { Transport.Write(data.ToArray()); if (data[0] == '.') Transport.LoseConnection(); } protected override void Stopping() { } }
        class EchoFactory : ServerFactory { protected override Protocol BuildProtocol(EndPoint peer) => new Echo(); }
        var application = new Application("echo");
        new TcpServer(0, new EchoFactory(), "127.0.0.1").SetServiceParent(application);
        """;

    [Fact]
    public Task Upgrade_WhoseNewProcessIsKilled_LeavesTheOldOrAnotherNewOne() => AtEachMomentAsync(async (sandbox, old, successor, caller, lasting) =>
    {
        await sandbox.KillAsync(successor, "KILL");
        await caller.WaitForExitAsync(TestContext.Current.CancellationToken).Soon();

        Assert.Equal("b", await AskAsync(lasting, "b"));
        await Until.TrueAsync(() => Serving(sandbox) is { } serving && serving != successor, "a process that serves");
        await AskAnotherAsync(sandbox);
        Assert.Equal(".", await AskAsync(lasting, "."));
        if (sandbox.DaemonId != old)
            await Until.GoneAsync(old);
        await Until.TrueAsync(() => sandbox.Daemons().SequenceEqual([sandbox.DaemonId]), "the end of all other processes");
        return sandbox.DaemonId;
    });

    [Fact]
    public Task Upgrade_WhoseOldProcessIsKilled_LeavesTheNewOne() => AtEachMomentAsync(async (sandbox, old, successor, caller, _) =>
    {
        await sandbox.KillAsync(old, "KILL");
        await caller.WaitForExitAsync(TestContext.Current.CancellationToken).Soon();

        await Until.TrueAsync(() => Serving(sandbox) == successor, "the new process that serves");
        await AskAnotherAsync(sandbox);
        await Until.TrueAsync(() => sandbox.Daemons().SequenceEqual([successor]), "the end of all other processes");
        return successor;
    });

    [Fact]
    public async Task NewProcess_ThatIsStoppedWhileTheOldOneDrains_IsNotReplaced()
    {
        await using var sandbox = new Sandbox();
        sandbox.Write("echo.csx", EchoTac);
        var old = await sandbox.StartDaemonAsync("--grace", "60", "echo.csx");
        using var lasting = await ConnectAsync(sandbox.Port());
        Assert.Equal("a", await AskAsync(lasting, "a"));
        Assert.Equal(0, (await sandbox.TachostAsync("upgrade", sandbox.PidFile)).ExitCode);

        Assert.Equal(0, (await sandbox.TachostAsync("stop", sandbox.PidFile)).ExitCode);

        Assert.Equal(".", await AskAsync(lasting, "."));
        await Until.GoneAsync(old);
        Assert.Empty(sandbox.Daemons());
        Assert.DoesNotContain("Starting another one", sandbox.Log, StringComparison.Ordinal);
        Assert.False(File.Exists(sandbox.PidFile));
    }

    /// <summary>Upgrades at each moment with an open connection, which keeps the old process, so that the new one can be killed after the upgrade, too.</summary>
    /// <param name="killAsync">Kills one of the two, and returns the process that serves then.</param>
    private static async Task AtEachMomentAsync(Func<Sandbox, int, int, Process, Socket, Task<int>> killAsync)
    {
        await using var sandbox = new Sandbox();
        sandbox.Write("echo.csx", EchoTac);
        var old = await sandbox.StartDaemonAsync("--grace", "60", "echo.csx");
        (var duration, old) = await DurationAsync(sandbox, old);
        for (var moment = 0; moment < Moments; moment++)
        {
            using var lasting = await ConnectAsync(sandbox.Port());
            Assert.Equal("a", await AskAsync(lasting, "a"));
            using var caller = sandbox.Start("upgrade", sandbox.PidFile);
            var successor = await SuccessorOfAsync(sandbox, old);
            await Task.Delay(duration * moment / Moments, TestContext.Current.CancellationToken);
            old = await killAsync(sandbox, old, successor, caller, lasting);
        }
    }

    private static async Task AskAnotherAsync(Sandbox sandbox)
    {
        using var another = await ConnectAsync(sandbox.Port());
        Assert.Equal("c", await AskAsync(another, "c"));
    }

    /// <summary>Upgrades once, and returns how long that takes from the start of the new process on.</summary>
    private static async Task<(TimeSpan Duration, int Id)> DurationAsync(Sandbox sandbox, int old)
    {
        using var caller = sandbox.Start("upgrade", sandbox.PidFile);
        var successor = await SuccessorOfAsync(sandbox, old);
        var began = Stopwatch.GetTimestamp();
        await caller.WaitForExitAsync(TestContext.Current.CancellationToken).Soon();
        Assert.Equal(0, caller.ExitCode);
        var duration = Stopwatch.GetElapsedTime(began);
        await Until.GoneAsync(old);
        return (duration, successor);
    }

    /// <summary>Waits for the process that another one has started.</summary>
    private static async Task<int> SuccessorOfAsync(Sandbox sandbox, int old)
    {
        var found = 0;
        await Until.TrueAsync(() => (found = sandbox.Processes().FirstOrDefault(id => ParentOf(id) == old)) > 0, "the new process");
        return found;
    }

    private static int ParentOf(int id)
    {
        try
        {
            return int.Parse(File.ReadLines($"/proc/{id}/status").First(line => line.StartsWith("PPid:", StringComparison.Ordinal))[5..], CultureInfo.InvariantCulture);
        }
        catch (IOException)
        {
            return 0;
        }
    }

    /// <summary>Returns the living process in the pid file, or null.</summary>
    private static int? Serving(Sandbox sandbox)
    {
        try
        {
            return sandbox.DaemonId is var id && Until.IsAlive(id) && sandbox.Daemons().Contains(id) ? id : null;
        }
        catch (Exception e) when (e is IOException or FormatException)
        {
            return null;
        }
    }

    private static async Task<Socket> ConnectAsync(int port)
    {
        Socket socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(new IPEndPoint(IPAddress.Loopback, port), TestContext.Current.CancellationToken);
        return socket;
    }

    private static async Task<string> AskAsync(Socket socket, string text)
    {
        await socket.SendAsync(Encoding.ASCII.GetBytes(text), TestContext.Current.CancellationToken);
        var answer = new byte[text.Length];
        var count = await socket.ReceiveAsync(answer, TestContext.Current.CancellationToken).AsTask().Soon();
        return Encoding.ASCII.GetString(answer.AsSpan(0, count));
    }
}
