using TacHost.EndToEnd.Tests.Running;

namespace TacHost.EndToEnd.Tests;

/// <summary>Machines and moments in which something usual is missing: each has a message that names it, and a way on where there is one.</summary>
public sealed class MissingPartsTests
{
    private const string Brief = "var application = new Application(\"brief\"); application.RequestStop();";

    [Fact]
    public async Task Foreground_InADeletedDirectory_Runs()
    {
        await using Sandbox sandbox = new();
        sandbox.Write("brief.csx", Brief);
        Directory.CreateDirectory(sandbox.PathOf("gone"));
        var outcome = await sandbox.RunAsync("sh", "-c", $"cd gone && rmdir ../gone && exec {Program.Tachost} -n --no-pidfile {sandbox.PathOf("brief.csx")}");

        Assert.Equal((0, ""), (outcome.ExitCode, outcome.Error));
        Assert.Contains("brief is running", outcome.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Daemon_InADeletedDirectory_NamesIt()
    {
        await using Sandbox sandbox = new();
        sandbox.Write("brief.csx", Brief);
        Directory.CreateDirectory(sandbox.PathOf("gone"));
        var outcome = await sandbox.RunAsync("sh", "-c", $"cd gone && rmdir ../gone && exec {Program.Tachost} {sandbox.PathOf("brief.csx")}");

        Assert.Equal(64, outcome.ExitCode);
        Assert.Contains("the directory in which tachost was started no longer exists", outcome.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Start_WithoutIcu_RunsWithInvariantCulturesAndSaysSo()
    {
        await using Sandbox sandbox = new();
        sandbox.Write("brief.csx", "Console.WriteLine(string.Compare(\"ä\", \"z\", StringComparison.CurrentCulture) > 0 ? \"by bytes\" : \"by culture\"); " + Brief);
        var outcome = await InNamespaceAsync(sandbox, $"""
            set -e
            for directory in /usr/lib/*-linux-gnu /usr/lib64 /usr/lib; do ls $directory/libicuuc.so.[0-9]* >/dev/null 2>&1 && break; done
            mount -t tmpfs tmpfs /mnt; mkdir /mnt/upper /mnt/work
            mount -t overlay overlay -o lowerdir=$directory,upperdir=/mnt/upper,workdir=/mnt/work $directory || exit 99
            rm -f $directory/libicu*
            exec {Program.Tachost} -n --no-pidfile brief.csx
            """);

        Assert.Equal(0, outcome.ExitCode);
        Assert.Contains("[-#warn] ICU is not installed (libicu), so cultures are invariant", outcome.Output, StringComparison.Ordinal);
        Assert.Contains("by bytes", outcome.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Daemon_WithoutDevNull_NamesIt()
    {
        await using Sandbox sandbox = new();
        sandbox.Write("brief.csx", Brief);
        var outcome = await InNamespaceAsync(sandbox, $"mount -t tmpfs tmpfs /dev && exec {Program.Tachost} brief.csx");

        Assert.Equal(71, outcome.ExitCode);
        Assert.Contains("there is no '/dev/null', which its standard streams need. Mount /dev, or create the device: mknod", outcome.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("")]
    [InlineData("--nodaemon")]
    public async Task Exception_ThatNobodyCatches_IsToldAndThePidFileGoes(string mode)
    {
        await using Sandbox sandbox = new();
        sandbox.Write("boom.csx", """
            class Boom : Service
            {
                protected override async Task OnStartAsync(CancellationToken cancellationToken)
                {
                    new Thread(() => throw new InvalidOperationException("caught by nobody")).Start();
                    await Task.Delay(-1);
                }
            }
            var application = new Application("boom");
            new Boom().SetServiceParent(application);
            """);
        var outcome = await sandbox.TachostAsync([.. mode.Split(' ', StringSplitOptions.RemoveEmptyEntries), "-l", "tachost.log", "boom.csx"]);

        Assert.Contains("InvalidOperationException: caught by nobody", outcome.Error, StringComparison.Ordinal);
        Assert.Contains("[-#critical] Unhandled exception, the process terminates.", sandbox.Log, StringComparison.Ordinal);
        Assert.False(File.Exists(sandbox.PidFile));
        if (mode.Length == 0)
            Assert.Equal(70, outcome.ExitCode);
    }

    [Fact]
    public async Task Task_ThatFailsUnobserved_IsAnErrorInTheLog()
    {
        await using Sandbox sandbox = new();
        sandbox.Write("lost.csx", """
            class Lost : Service
            {
                protected override async Task ExecuteAsync(CancellationToken stoppingToken)
                {
                    Begin();
                    while (!stoppingToken.IsCancellationRequested)
                    {
                        GC.Collect();
                        GC.WaitForPendingFinalizers();
                        await Task.Delay(10, stoppingToken);
                    }
                }
                static void Begin() => _ = Task.Run(() => throw new InvalidOperationException("lost"));
            }
            var application = new Application("lost");
            new Lost().SetServiceParent(application);
            """);
        await sandbox.StartDaemonAsync("lost.csx");

        await sandbox.LoggedAsync("[-#error] A task failed, and its exception was not observed.");
        await sandbox.LoggedAsync("System.InvalidOperationException: lost");
    }

    [Fact]
    public async Task Files_OfAStartThatWasKilled_AreRemovedByTheNext()
    {
        await using Sandbox sandbox = new();
        sandbox.Write("tachost.pid.999999999", "");
        sandbox.Write("cache/0123.tac.999999999", "");
        sandbox.Write("tachost.pid.old", "somebody's");
        sandbox.WriteTac();
        await sandbox.StartDaemonAsync("poem.csx");

        Assert.False(File.Exists(sandbox.PathOf("tachost.pid.999999999")));
        Assert.False(File.Exists(sandbox.PathOf("cache/0123.tac.999999999")));
        Assert.True(File.Exists(sandbox.PathOf("tachost.pid.old")));
    }

    [Fact]
    public async Task LoggerFactory_OfTheTac_ReceivesTheLinesOfServicesAndHost()
    {
        await using Sandbox sandbox = new();
        sandbox.Write("own.csx", """
            class ToFile : ILoggerFactory, ILogger
            {
                public ILogger CreateLogger(string name) => this;
                public void AddProvider(ILoggerProvider provider) { }
                public void Dispose() => File.AppendAllText("own.log", "disposed\n");
                public IDisposable? BeginScope<T>(T state) where T : notnull => null;
                public bool IsEnabled(LogLevel level) => level >= LogLevel.Information;
                public void Log<T>(LogLevel level, EventId id, T state, Exception? e, Func<T, Exception?, string> text) { lock (this) File.AppendAllText("own.log", text(state, e) + "\n"); }
            }
            class Says : Service { protected override Task OnStartAsync(CancellationToken t) { Logger.LogInformation("said by a service"); return Task.CompletedTask; } }
            var application = new Application("own") { LoggerFactory = new ToFile() };
            new Says().SetServiceParent(application);
            application.RequestStop();
            """);
        var outcome = await sandbox.TachostAsync("-n", "own.csx");
        var own = await File.ReadAllLinesAsync(sandbox.PathOf("own.log"), TestContext.Current.CancellationToken);

        Assert.Equal(0, outcome.ExitCode);
        Assert.Contains("said by a service", own);
        Assert.Contains("Server Shut Down.", own);
        Assert.Equal("disposed", own[^1]);
        Assert.DoesNotContain("said by a service", outcome.Output, StringComparison.Ordinal);
        Assert.EndsWith("Server Shut Down.\n", outcome.Output, StringComparison.Ordinal);
    }

    private static async Task<Outcome> InNamespaceAsync(Sandbox sandbox, string script)
    {
        Assert.SkipUnless(Environment.UserName == "root" && Program.IsInstalled("unshare"), "only root can hide a part of the machine");
        var outcome = await sandbox.RunAsync("unshare", "-m", "sh", "-c", script);
        Assert.SkipWhen(outcome.ExitCode == 99, "nothing can be mounted here");
        return outcome;
    }
}
