using System.Net.Sockets;
using System.Text;
using TacHost.EndToEnd.Tests.Running;

namespace TacHost.EndToEnd.Tests;

/// <summary>What systemd would hear.</summary>
public sealed class ServiceManagerTests
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task NotifySocket_DuringARun_HearsTheRightWordsInTheRightOrder(bool isAbstract)
    {
        await using var sandbox = new Sandbox();
        var name = isAbstract ? $"@tachost-{Guid.NewGuid():N}" : sandbox.PathOf("notify");
        using var manager = Listen(name);
        sandbox.Environment["NOTIFY_SOCKET"] = name;
        using var process = sandbox.Start("--nodaemon", sandbox.UseSharedTac());

        Assert.Equal($"READY=1\nMAINPID={process.Id}\nSTATUS=fastpoetry is running, 2 services", await ReceiveAsync(manager));
        Assert.NotEmpty(await sandbox.FetchAsync(await PortAsync(process)));
        await sandbox.KillAsync(process.Id, "HUP");
        Assert.Matches(@"^RELOADING=1\nMONOTONIC_USEC=\d+\nSTATUS=reloading$", await ReceiveAsync(manager));
        Assert.StartsWith("READY=1\n", await ReceiveAsync(manager), StringComparison.Ordinal);
        await sandbox.KillAsync(process.Id);
        Assert.Equal("STOPPING=1\nSTATUS=stopping after SIGTERM", await ReceiveAsync(manager));
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.Equal(0, process.ExitCode);
        Assert.Equal(0, manager.Available);
    }

    [Fact]
    public async Task NotifySocket_OfADaemon_HearsWhichProcessIsTheMainOne()
    {
        await using var sandbox = new Sandbox();
        using var manager = Listen(sandbox.PathOf("notify"));
        sandbox.Environment["NOTIFY_SOCKET"] = sandbox.PathOf("notify");
        var id = await sandbox.StartDaemonAsync(sandbox.UseSharedTac());

        Assert.Contains($"MAINPID={id}\n", await ReceiveAsync(manager), StringComparison.Ordinal);
    }

    [Fact]
    public async Task NotifySocket_WhileServicesFailAndStartAgain_HearsWhich()
    {
        await using var sandbox = new Sandbox();
        using var manager = Listen(sandbox.PathOf("notify"));
        sandbox.Environment["NOTIFY_SOCKET"] = sandbox.PathOf("notify");
        var id = await sandbox.StartDaemonAsync(sandbox.WriteTac());
        await ReceiveAsync(manager);
        File.Delete(sandbox.PathOf("poem.txt"));

        Assert.Equal(69, (await sandbox.TachostAsync("restart", $"{id}", "PoetryService")).ExitCode);
        Assert.Equal("STATUS=fastpoetry is running, 2 services, failed: fastpoetry/PoetryService", await ReceiveAsync(manager));
        sandbox.Write("poem.txt", Sandbox.Poem);
        Assert.Equal(0, (await sandbox.TachostAsync("start", $"{id}", "PoetryService")).ExitCode);
        Assert.Equal("STATUS=fastpoetry is running, 2 services", await ReceiveAsync(manager));
    }

    [Fact]
    public async Task StandardError_ReadByTheJournal_HasTheLevelOfErrorsInFrontOfEachLine()
    {
        await using var sandbox = new Sandbox();
        sandbox.Write("bad.csx", "var x = ;");
        await sandbox.RunAsync("sh", "-c", $": > stderr; JOURNAL_STREAM=$(stat -c %d:%i stderr) {Program.Tachost} bad.csx 2> stderr");
        var lines = await File.ReadAllLinesAsync(sandbox.PathOf("stderr"), TestContext.Current.CancellationToken);

        Assert.True(lines.Length > 2);
        Assert.All(lines, line => Assert.StartsWith("<3>", line, StringComparison.Ordinal));
    }

    [Fact]
    public async Task NotifySocket_ThatNobodyReads_DoesNotHoldTheProcessUp()
    {
        await using var sandbox = new Sandbox();
        using var manager = Listen(sandbox.PathOf("notify"));
        sandbox.Environment["NOTIFY_SOCKET"] = sandbox.PathOf("notify");
        var id = await sandbox.StartDaemonAsync(sandbox.UseSharedTac());
        for (var i = 1; i <= 30; i++)
        {
            await sandbox.KillAsync(id, "HUP");
            await Until.TrueAsync(() => sandbox.Log.Split("Received SIGHUP").Length > i, "the signal in the log");
        }

        await sandbox.KillAsync(id);
        await Until.GoneAsync(id);
        Assert.EndsWith("Server Shut Down.\n", sandbox.Log, StringComparison.Ordinal);
    }

    [Fact]
    public async Task HangUp_BeforeTheStartIsOverOrAfterTheStopBegan_IsNotTakenForReadiness()
    {
        await using var sandbox = new Sandbox();
        using var manager = Listen(sandbox.PathOf("notify"));
        sandbox.Environment["NOTIFY_SOCKET"] = sandbox.PathOf("notify");
        sandbox.Write("slow.csx", """
            class Slow : Service
            {
                static async Task UntilAsync(string file) { while (!File.Exists(file)) await Task.Delay(10); }
                protected override Task OnStartAsync(CancellationToken cancellationToken) => UntilAsync("start");
                protected override Task OnStopAsync(CancellationToken cancellationToken) => UntilAsync("stop");
            }
            var application = new Application("slow");
            new Slow().SetServiceParent(application);
            """);
        using var process = sandbox.Start("-n", "slow.csx");
        await Until.SaidAsync(process, "starting up");
        await sandbox.KillAsync(process.Id, "HUP");
        await Until.SaidAsync(process, "Received SIGHUP");
        sandbox.Write("start", "");
        Assert.EndsWith("slow is running, 1 service", await ReceiveAsync(manager), StringComparison.Ordinal);
        await sandbox.KillAsync(process.Id);
        Assert.StartsWith("STOPPING=1", await ReceiveAsync(manager), StringComparison.Ordinal);
        await sandbox.KillAsync(process.Id, "HUP");
        await Until.SaidAsync(process, "Received SIGHUP");
        sandbox.Write("stop", "");
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);

        Assert.Equal((0, 0), (process.ExitCode, manager.Available));
    }

    [Fact]
    public async Task NotifySocket_ThatNobodyListensOn_StopsNothing()
    {
        await using var sandbox = new Sandbox();
        sandbox.Environment["NOTIFY_SOCKET"] = sandbox.PathOf("nobody");
        await sandbox.StartDaemonAsync(sandbox.UseSharedTac());

        Assert.NotEmpty(await sandbox.FetchAsync());
    }

    [Fact]
    public async Task Stop_ThatTakesLong_IsToldAsTheStatus()
    {
        await using var sandbox = new Sandbox();
        using var manager = Listen(sandbox.PathOf("notify"));
        sandbox.Environment["NOTIFY_SOCKET"] = sandbox.PathOf("notify");
        sandbox.Write("stuck.csx", """
            class Stuck : Service { protected override Task OnStopAsync(CancellationToken cancellationToken) => Task.Delay(-1, cancellationToken); }
            var application = new Application("stuck");
            new Stuck().SetServiceParent(application);
            """);
        var id = await sandbox.StartDaemonAsync("--grace", "6", "stuck.csx");
        await ReceiveAsync(manager);
        await sandbox.KillAsync(id);

        Assert.StartsWith("STOPPING=1\n", await ReceiveAsync(manager), StringComparison.Ordinal);
        Assert.Equal("STATUS=still stopping: 'stuck/Stuck'", await ReceiveAsync(manager));
    }

    [Fact]
    public async Task Watchdog_Asked_HearsSignsOfLifeOnlyWhileTheTreeAnswers()
    {
        await using var sandbox = new Sandbox();
        using var manager = Listen(sandbox.PathOf("notify"));
        sandbox.Environment["NOTIFY_SOCKET"] = sandbox.PathOf("notify");
        sandbox.Environment["WATCHDOG_USEC"] = "400000";
        sandbox.Write("mute.csx", """
            class Mute : IService
            {
                public string Name => null;
                public string ServicePath => "mute";
                public IServiceCollection Parent { get; private set; }
                public ServiceState State { get { while (File.Exists("mute")) Thread.Sleep(10); return _state; } }
                ServiceState _state;
                public void SetName(string name) { }
                public void SetServiceParent(IServiceCollection parent) { Parent = parent; parent.AddService(this); }
                public Task SetServiceParentAsync(IServiceCollection parent, CancellationToken t) { SetServiceParent(parent); return Task.CompletedTask; }
                public Task DisownServiceParentAsync(CancellationToken t) => Parent.RemoveServiceAsync(this, t);
                public Task PrivilegedStartAsync(CancellationToken t) => Task.CompletedTask;
                public Task StartAsync(CancellationToken t) { _state = ServiceState.Running; return Task.CompletedTask; }
                public Task StopAsync(CancellationToken t) { _state = ServiceState.Stopped; return Task.CompletedTask; }
            }
            var application = new Application("mute");
            new Mute().SetServiceParent(application);
            """);
        var id = await sandbox.StartDaemonAsync("mute.csx");
        Assert.StartsWith("READY=1\n", await ReceiveAsync(manager), StringComparison.Ordinal);
        for (var i = 0; i < 3; i++)
            Assert.Equal("WATCHDOG=1", await ReceiveAsync(manager));

        // What is on its way when the tree falls silent still arrives; after that, nothing does for three intervals.
        sandbox.Write("mute", "");
        using var silence = new CancellationTokenSource(TimeSpan.FromSeconds(1.2));
        var late = 0;
        try
        {
            while (true)
            {
                await manager.ReceiveAsync(new byte[100].AsMemory(), SocketFlags.None, silence.Token);
                late++;
            }
        }
        catch (OperationCanceledException)
        {
            Assert.InRange(late, 0, 2);
        }

        File.Delete(sandbox.PathOf("mute"));
        Assert.Equal("WATCHDOG=1", await ReceiveAsync(manager));
        Assert.True(Until.IsAlive(id));
    }

    private static Socket Listen(string name)
    {
        var socket = new Socket(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified);
        socket.Bind(new UnixDomainSocketEndPoint(name[0] == '@' ? "\0" + name[1..] : name));
        return socket;
    }

    private static async Task<string> ReceiveAsync(Socket socket)
    {
        using var limit = new CancellationTokenSource(Bounded.Patience);
        var buffer = new byte[4096];
        return Encoding.UTF8.GetString(buffer, 0, await socket.ReceiveAsync(buffer.AsMemory(), SocketFlags.None, limit.Token));
    }

    private static async Task<int> PortAsync(System.Diagnostics.Process process)
    {
        var line = (await Until.SaidAsync(process, "starting on 127.0.0.1:")).TrimEnd();
        return int.Parse(line[(line.LastIndexOf(':') + 1)..], System.Globalization.CultureInfo.InvariantCulture);
    }
}
