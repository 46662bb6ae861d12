using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using TacHost.EndToEnd.Tests.Running;

namespace TacHost.EndToEnd.Tests;

public sealed class SignalsTests
{
    [Theory]
    [InlineData("HUP", "Received SIGHUP, reloading.")]
    [InlineData("USR1", "Received SIGUSR1, log reopened.")]
    [InlineData("PIPE", null)]
    [InlineData("CHLD", null)]
    [InlineData("TTIN", null)]
    [InlineData("TTOU", null)]
    [InlineData("WINCH", null)]
    public async Task Signal_ThatStopsNothing_IsSurvivedWithAndWithoutALogFile(string signal, string? said)
    {
        await using var sandbox = new Sandbox();
        var tac = sandbox.UseSharedTac();
        var id = await sandbox.StartDaemonAsync(tac);
        using var foreground = sandbox.Start("-n", "--pidfile", "foreground.pid", tac);
        await Until.SaidAsync(foreground, "is running");

        for (var i = 0; i < 3; i++)
        {
            await sandbox.KillAsync(id, signal);
            await sandbox.KillAsync(foreground.Id, signal);
            Assert.Equal(Sandbox.Poem, Encoding.UTF8.GetString(await sandbox.FetchAsync()));
        }

        Assert.True(Until.IsAlive(id));
        Assert.True(Until.IsAlive(foreground.Id));
        if (said is not null)
            await Until.TrueAsync(() => sandbox.Log.Contains(said, StringComparison.Ordinal), "the signal in the log");
    }

    [Theory]
    [InlineData("HUP")]
    [InlineData("USR1")]
    [InlineData("USR2")]
    public async Task Signal_BeforeTheStartOrAfterTheEnd_EndsNothing(string signal)
    {
        await using var sandbox = new Sandbox();
        Assert.Equal(0, (await sandbox.RunAsync("mkfifo", "pipe.csx")).ExitCode);
        using var process = sandbox.Start("-n", "pipe.csx");
        await using (var pipe = new StreamWriter(sandbox.PathOf("pipe.csx")))
        {
            // The tac is being read: the pid file and the log do not exist yet.
            await sandbox.KillAsync(process.Id, signal);
            await pipe.WriteAsync("""
                AppDomain.CurrentDomain.ProcessExit += (_, _) => { Console.WriteLine("lingering"); while (!File.Exists("go")) Thread.Sleep(10); };
                var application = new Application("lingers");
                """);
        }

        await Until.SaidAsync(process, "is running");
        await sandbox.KillAsync(process.Id);
        await Until.SaidAsync(process, "lingering");
        await sandbox.KillAsync(process.Id, signal);
        sandbox.Write("go", "");
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.Equal(0, process.ExitCode);
    }

    [Fact]
    public async Task CancellationCallback_ThatThrows_EndsNeitherTheStopNorTheProcess()
    {
        await using var sandbox = new Sandbox();
        sandbox.Write("callback.csx", """
            class Callback : Service
            {
                protected override Task OnStopAsync(CancellationToken cancellationToken)
                {
                    cancellationToken.Register(() => throw new InvalidOperationException("callback boom"));
                    return Task.Delay(-1, cancellationToken);
                }
            }
            class Before : Service { protected override Task OnStopAsync(CancellationToken cancellationToken) { Logger.LogInformation("stopped too"); return Task.CompletedTask; } }
            var application = new Application("callback");
            new Before().SetServiceParent(application);
            new Callback().SetServiceParent(application);
            """);
        var id = await sandbox.StartDaemonAsync("--grace", "1", "callback.csx");
        await sandbox.KillAsync(id);
        await Until.GoneAsync(id);

        Assert.Contains("callback boom", sandbox.Log, StringComparison.Ordinal);
        Assert.Contains("[callback/Before] stopped too", sandbox.Log, StringComparison.Ordinal);
        Assert.EndsWith("Server Shut Down.\n", sandbox.Log, StringComparison.Ordinal);
        Assert.False(File.Exists(sandbox.PidFile));
    }

    [Fact]
    public async Task Usr1_AfterTheLogWasRenamed_OpensItAnew()
    {
        await using var sandbox = new Sandbox();
        var id = await sandbox.StartDaemonAsync(sandbox.UseSharedTac());
        File.Move(sandbox.PathOf("tachost.log"), sandbox.PathOf("tachost.log.old"));
        await sandbox.KillAsync(id, "USR1");
        await Until.TrueAsync(() => sandbox.Log.Contains("Received SIGUSR1", StringComparison.Ordinal), "the new log");

        Assert.Contains("is running", await File.ReadAllTextAsync(sandbox.PathOf("tachost.log.old"), TestContext.Current.CancellationToken), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Term_WithAServiceThatNeverStops_NamesItAndExitsSeventyFive()
    {
        await using var sandbox = new Sandbox();
        var id = await StartStuck(sandbox, "--grace", "6");
        await sandbox.KillAsync(id);
        await Until.GoneAsync(id);

        Assert.Contains("[-#warn] Still stopping: 'stuck/Stuck'.", sandbox.Log, StringComparison.Ordinal);
        Assert.Contains("[-#error] These services did not stop within 6 s: 'stuck/Stuck'.", sandbox.Log, StringComparison.Ordinal);
        Assert.EndsWith("Server Shut Down.\n", sandbox.Log, StringComparison.Ordinal);
        Assert.False(File.Exists(sandbox.PidFile));
    }

    [Fact]
    public async Task Term_WithAClientThatMayStay_NamesItsConnection()
    {
        await using var sandbox = new Sandbox();
        sandbox.Write("stays.csx", """
            class Stays : LineProtocol { protected override void LineReceived(string line) => SendLine(line); protected override void Stopping() { } }
            var application = new Application("stays");
            application.AddService(new StreamServer("tcp:0:interface=127.0.0.1", ServerFactory.ForProtocol(() => new Stays())));
            """);
        var id = await sandbox.StartDaemonAsync("--grace", "6", "stays.csx");
        using var client = await Example.ConnectAsync(sandbox.Port());
        var (reader, writer) = Example.Lines(client.GetStream());
        await writer.WriteAsync("hello\n");
        Assert.Equal("hello", await reader.ReadLineAsync(TestContext.Current.CancellationToken).AsTask().Soon());
        await sandbox.KillAsync(id);
        await Until.GoneAsync(id);

        Assert.Matches($@"Still stopping: 'stays/.*' \(waiting for 127\.0\.0\.1:{((IPEndPoint)client.Client.LocalEndPoint!).Port}, idle for \d+ s\)\.\n", sandbox.Log);
        Assert.Contains("Aborted 1 connection(s) on 127.0.0.1:", sandbox.Log, StringComparison.Ordinal);
        Assert.EndsWith("Server Shut Down.\n", sandbox.Log, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("INT", "TERM")]
    [InlineData("TERM", "TERM")]
    public async Task SecondSignal_WhileStopping_CutsTheWaitShort(string first, string second)
    {
        await using var sandbox = new Sandbox();
        sandbox.Write("stuck.csx", Stuck);
        using var process = sandbox.Start("-n", "--grace", "3600", "stuck.csx");
        await Until.SaidAsync(process, "is running");

        await sandbox.KillAsync(process.Id, first);
        await Until.SaidAsync(process, "stopping now");

        // Within a second of the first, it would be the same request.
        var ended = process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        while (!ended.IsCompleted)
            await sandbox.KillAsync(process.Id, second);
        var rest = await ended;
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);

        Assert.Equal(75, process.ExitCode);
        Assert.Contains($"Received SIG{second} again, no longer waiting.", rest, StringComparison.Ordinal);
        Assert.Contains("'stuck/Stuck'", rest, StringComparison.Ordinal);
        Assert.False(File.Exists(sandbox.PidFile));
    }

    [Fact]
    public async Task Term_TwiceAtOnce_LetsTheClientHaveTheWholePoem()
    {
        await using var sandbox = new Sandbox();
        sandbox.Write("slow.csx", """
            class Slow : Protocol
            {
                protected override void Stopping()
                {
                    // It stays until the poem is sent.
                }

                protected override async void ConnectionMade()
                {
                    Transport.Write("line 1\n"u8.ToArray());
                    while (!File.Exists("signalled"))
                        await Task.Delay(5);
                    for (var i = 2; i <= 8; i++)
                    {
                        Transport.Write(Encoding.ASCII.GetBytes($"line {i}\n"));
                        await Task.Delay(50);
                    }
                    Transport.Write("END\n"u8.ToArray());
                    Transport.LoseConnection();
                }
            }
            class SlowFactory : ServerFactory { protected override Protocol BuildProtocol(EndPoint peer) => new Slow(); }
            var application = new Application("slow");
            new TcpServer(0, new SlowFactory(), "127.0.0.1").SetServiceParent(application);
            """);
        var id = await sandbox.StartDaemonAsync("slow.csx");
        using Socket client = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        await client.ConnectAsync(IPAddress.Loopback, sandbox.Port(), TestContext.Current.CancellationToken);
        var first = new byte[1];
        Assert.Equal(1, await client.ReceiveAsync(first, TestContext.Current.CancellationToken));

        await sandbox.RunAsync("sh", "-c", $"kill -TERM {id}; sleep 0.05; kill -TERM {id}; kill -INT {id}");
        sandbox.Write("signalled", "");

        Assert.Equal("ine 1\nline 2\nline 3\nline 4\nline 5\nline 6\nline 7\nline 8\nEND\n", Encoding.ASCII.GetString(await Sandbox.ReadToEndAsync(client)));
        await Until.GoneAsync(id);
        Assert.DoesNotContain("no longer waiting", sandbox.Log, StringComparison.Ordinal);
        Assert.Equal(1, sandbox.Log.Split('\n').Count(line => line.Contains("Received SIG", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task Service_ThatFailsWhileRunning_StopsTheOthersAndExitsSeventy()
    {
        await using var sandbox = new Sandbox();
        sandbox.Write("fails.csx", """
            class Fails : Service
            {
                protected override async Task ExecuteAsync(CancellationToken stoppingToken)
                {
                    while (Application!.State != ServiceState.Running)
                        await Task.Delay(1, stoppingToken);
                    throw new InvalidOperationException("no more");
                }
            }
            class Other : Service
            {
                protected override Task OnStopAsync(CancellationToken cancellationToken)
                {
                    Logger.LogInformation("stopped in good order");
                    return Task.CompletedTask;
                }
            }
            var application = new Application("fails");
            new Other().SetServiceParent(application);
            new Fails().SetServiceParent(application);
            """);
        var outcome = await sandbox.TachostAsync("-n", "fails.csx");

        Assert.Equal(70, outcome.ExitCode);
        Assert.Contains("[fails/Fails#error] The service 'fails/Fails' has failed.\n\tSystem.InvalidOperationException: no more\n\t   at Submission#0.Fails.ExecuteAsync", outcome.Output, StringComparison.Ordinal);
        Assert.Contains("fails.csx:line 7", outcome.Output, StringComparison.Ordinal);
        Assert.Contains("[fails/Other] stopped in good order", outcome.Output, StringComparison.Ordinal);
        Assert.EndsWith("Server Shut Down.\n", outcome.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task RequestStop_ByAService_StopsTheTreeAndExitsWithTheCodeItSet()
    {
        await using var sandbox = new Sandbox();
        sandbox.Write("done.csx", """
            class Work : Service
            {
                protected override async Task ExecuteAsync(CancellationToken stoppingToken)
                {
                    await Task.Yield();
                    Application.ExitCode = 4;
                    Application.RequestStop();
                }
            }
            var application = new Application("done");
            new Work().SetServiceParent(application);
            """);
        var outcome = await sandbox.TachostAsync("-n", "done.csx");

        Assert.Equal(4, outcome.ExitCode);
        Assert.Contains("[-] done has asked to stop, shutting down.", outcome.Output, StringComparison.Ordinal);
        Assert.EndsWith("Server Shut Down.\n", outcome.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ExitCode_SetByTheApplication_IsTheProcesss()
    {
        await using var sandbox = new Sandbox();
        sandbox.Write("three.csx", "var application = new Application(\"three\") { ExitCode = 3 };");
        using var process = sandbox.Start("-n", "three.csx");
        await Until.SaidAsync(process, "is running");

        await sandbox.KillAsync(process.Id);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.Equal(3, process.ExitCode);
    }

    [Fact]
    public async Task ProcessOne_OfAContainer_ReapsOrphansAndStopsOnTerm()
    {
        Assert.SkipUnless(Environment.UserName == "root" && Program.IsInstalled("unshare"), "only root can make a process namespace");
        await using var sandbox = new Sandbox();
        var tac = sandbox.UseSharedTac();
        using var process = sandbox.StartProgram("unshare", "--pid", "--fork", "--mount-proc", Program.Tachost, "-n", tac);
        await Until.SaidAsync(process, "is running as process 1,");
        Assert.False(File.Exists(sandbox.PidFile));

        // A shell in the same namespace that leaves a child behind: the child's new parent is process 1.
        var host = sandbox.Daemons().Single(id => File.ReadAllText($"/proc/{id}/cmdline").StartsWith(Program.Tachost, StringComparison.Ordinal));
        var outcome = await sandbox.RunAsync("nsenter", "--target", host.ToString(CultureInfo.InvariantCulture), "--pid", "--mount", "sh", "-c", "(sleep 0.2 & exec sleep 0.1) & (sh -c 'sleep 0.3 & exit' &)");
        Assert.True(outcome.ExitCode == 0, outcome.Error);
        await Until.TrueAsync(() => !Zombies(host).Any() && !Children(host).Any(), "the orphans to be reaped");

        await sandbox.KillAsync(host);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.Equal(0, process.ExitCode);
    }

    private const string Stuck = """
        class Stuck : Service
        {
            protected override Task OnStopAsync(CancellationToken cancellationToken)
            {
                Logger.LogInformation("stopping now");
                return Task.Delay(-1);
            }
        }
        var application = new Application("stuck");
        new Stuck().SetServiceParent(application);
        """;

    private static Task<int> StartStuck(Sandbox sandbox, params string[] options)
    {
        sandbox.Write("stuck.csx", Stuck);
        return sandbox.StartDaemonAsync([.. options, "stuck.csx"]);
    }

    private static IEnumerable<string> Children(int id) =>
        File.ReadAllText($"/proc/{id}/task/{id}/children").Split(' ', StringSplitOptions.RemoveEmptyEntries);

    private static IEnumerable<string> Zombies(int id) =>
        Children(id).Where(child => !Until.IsAlive(int.Parse(child, CultureInfo.InvariantCulture)));
}
