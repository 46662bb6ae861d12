using System.Globalization;
using System.Text;
using TacHost.EndToEnd.Tests.Running;

namespace TacHost.EndToEnd.Tests;

/// <summary>Whatever becomes of the daemon, the process that started it ends, says why, and leaves nothing behind.</summary>
public sealed class FrontProcessTests
{
    private const int Software = 70, OperatingSystem = 71;

    [Fact]
    public async Task Daemon_KilledBeforeItReports_IsToldOfAndItsPidFileRemoved()
    {
        await using var sandbox = new Sandbox();
        sandbox.Write("slow.csx", "while (true) { }");
        using var front = sandbox.Start("slow.csx");
        await Until.TrueAsync(() => File.Exists(sandbox.PidFile), "the daemon");
        await sandbox.KillAsync(sandbox.DaemonId, "KILL");
        await front.WaitForExitAsync(TestContext.Current.CancellationToken);

        Assert.Equal(Software, front.ExitCode);
        Assert.Contains("ended before it was running, killed by signal 9, and gave no reason", await front.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken), StringComparison.Ordinal);
        AssertNothingLeft(sandbox);
    }

    [Fact]
    public async Task ReportPipe_ClosedByTheTac_IsToldOfAndTheDaemonEnded()
    {
        await using var sandbox = new Sandbox();
        sandbox.Write("closes.csx", """
            using System.Runtime.InteropServices;
            [DllImport("libc")] static extern int close(int descriptor);
            foreach (var path in Directory.GetFiles("/proc/self/fd"))
                if (new FileInfo(path).LinkTarget is { } target && target.StartsWith("pipe:") && int.Parse(Path.GetFileName(path)) is var descriptor)
                    close(descriptor);
            var application = new Application("closes");
            await Task.Delay(-1);
            """);
        var outcome = await sandbox.TachostAsync("--grace", "1", "closes.csx");

        Assert.Equal(Software, outcome.ExitCode);
        Assert.Contains("ended before it was running", outcome.Error, StringComparison.Ordinal);
        AssertNothingLeft(sandbox);
    }

    [Fact]
    public async Task Front_Killed_LeavesTheDaemonToRun()
    {
        await using var sandbox = new Sandbox();
        sandbox.Write("waits.csx", $$"""
            #r "FastPoetry.Services.dll"
            using FastPoetry.Services;
            while (!File.Exists("go")) await Task.Delay(10);
            var application = new Application("waits");
            var poetry = new PoetryService("poem.txt");
            poetry.SetServiceParent(application);
            new TcpServer(0, new PoetryFactory(poetry), "127.0.0.1").SetServiceParent(application);
            """);
        using var front = sandbox.Start("waits.csx");
        await Until.TrueAsync(() => File.Exists(sandbox.PidFile), "the daemon");
        front.Kill();
        await front.WaitForExitAsync(TestContext.Current.CancellationToken);
        sandbox.Write("go", "");
        await Until.TrueAsync(() => sandbox.Log.Contains("is running", StringComparison.Ordinal), "the start");

        Assert.Equal(Sandbox.Poem, Encoding.UTF8.GetString(await sandbox.FetchAsync()));
    }

    [Fact]
    public async Task HostProgram_Missing_IsToldOf()
    {
        await using var sandbox = new Sandbox();
        var copy = sandbox.PathOf("program");
        Assert.Equal(0, (await sandbox.RunAsync("cp", "-r", Path.GetDirectoryName(Program.Tachost)!, copy)).ExitCode);
        File.Delete(Path.Combine(copy, "host/tachost"));
        sandbox.WriteTac();

        var daemon = await sandbox.RunAsync(Path.Combine(copy, "tachost"), "poem.csx");
        Assert.Equal(new Outcome(OperatingSystem, "", $"tachost: cannot start the daemon process '{copy}/host/tachost': No such file or directory.\n"), daemon);
        var foreground = await sandbox.RunAsync(Path.Combine(copy, "tachost"), "-n", "poem.csx");
        Assert.Equal(new Outcome(OperatingSystem, "", $"tachost: cannot start the host '{copy}/host/tachost': No such file or directory.\n"), foreground);
        AssertNothingLeft(sandbox);
    }

    [Fact]
    public async Task Daemon_OutOfMemory_IsToldOf()
    {
        await using var sandbox = new Sandbox();
        sandbox.Environment["DOTNET_GCHeapHardLimit"] = "0x4000000";
        sandbox.Write("greedy.csx", """
            var all = new List<byte[]>();
            while (true) all.Add(new byte[1 << 20]);
            """);
        var outcome = await sandbox.TachostAsync("greedy.csx");

        Assert.Equal(Software, outcome.ExitCode);
        Assert.StartsWith("tachost: ", outcome.Error, StringComparison.Ordinal);
        Assert.Contains("OutOfMemoryException", outcome.Error + sandbox.Log, StringComparison.Ordinal);
        AssertNothingLeft(sandbox);
    }

    [Fact]
    public async Task Processes_RunOut_EndsTheFrontWhereverItStrikes()
    {
        Assert.SkipUnless(Program.IsInstalled("prlimit") && Program.IsInstalled("setpriv") && Environment.UserName == "root", "the limit does not hold for root, and only root can become somebody else");
        await using var sandbox = new Sandbox();
        File.SetUnixFileMode(sandbox.Directory, (UnixFileMode)0b111_111_111);
        var tac = sandbox.UseSharedTac();
        await StartAndStop(sandbox, tac);

        // Threads count as processes: with few, the front process itself fails; with some more, the daemon; with enough, nothing.
        const int enough = 60, killedByTheRuntime = 128;
        var ended = new List<int>();
        for (var limit = 4; limit <= enough; limit += 4)
        {
            var outcome = await sandbox.RunAsync("setpriv", "--reuid=54321", "--regid=54321", "--clear-groups", "prlimit", $"--nproc={limit.ToString(CultureInfo.InvariantCulture)}", Program.Tachost, tac);
            ended.Add(outcome.ExitCode);
            if (outcome.ExitCode == 0)
            {
                var id = sandbox.DaemonId;
                await sandbox.KillAsync(id);
                await Until.GoneAsync(id);
                continue;
            }

            Assert.NotEqual("", outcome.Error);
            if (outcome.ExitCode < killedByTheRuntime)
                AssertNothingLeft(sandbox);

            // A front process that the runtime gave up on could not see to the daemon.
            foreach (var left in sandbox.Processes().ToList())
            {
                await sandbox.KillAsync(left, "KILL");
                await Until.GoneAsync(left);
            }
        }

        Assert.NotEqual(0, ended[0]);
        Assert.Equal(0, ended[^1]);
    }

    [Fact]
    public async Task DevNull_Missing_IsToldOf()
    {
        Assert.SkipUnless(Environment.UserName == "root" && Program.IsInstalled("unshare"), "only root can take /dev away");
        await using var sandbox = new Sandbox();
        var tac = sandbox.UseSharedTac();
        await StartAndStop(sandbox, tac);
        var outcome = await sandbox.RunAsync("unshare", "--mount", "sh", "-c", $"mount -t tmpfs tmpfs /dev && exec {Program.Tachost} {tac}");

        Assert.SkipWhen(outcome.Error.Contains("unshare", StringComparison.Ordinal), "nothing can be mounted here");
        Assert.Equal(OperatingSystem, outcome.ExitCode);
        Assert.Contains("cannot start the daemon process", outcome.Error, StringComparison.Ordinal);
        AssertNothingLeft(sandbox);
    }

    [Fact]
    public async Task CommandLine_OfRandomWords_NeverThrowsHangsOrExitsZeroByMistake()
    {
        await using var sandbox = new Sandbox();
        var random = new Random(20261123);
        string[] words = ["--nodaemon", "-n", "-l", "--log-level", "info", "loud", "--", "-", "", "--pidfile=", "-u", "--syslog", "udp://", "-noy", "no.csx", "--umask", "99", "--bogus", "completion", "manpage", "x y", "--grace", "\u001b[2J", "-d", "--chroot", "é"];
        for (var round = 0; round < 40; round++)
        {
            string[] arguments = [.. Enumerable.Range(0, random.Next(1, 6)).Select(_ => words[random.Next(words.Length)])];
            var outcome = await sandbox.TachostAsync(arguments);

            Assert.DoesNotContain("   at ", outcome.Error, StringComparison.Ordinal);
            Assert.DoesNotContain("defect", outcome.Error, StringComparison.Ordinal);
            Assert.DoesNotContain('\u001b', outcome.Error);
            if (outcome.ExitCode == 0)
                Assert.NotEqual("", outcome.Output);
            else
                Assert.Equal((1, ""), (outcome.Error.Count(character => character == '\n'), outcome.Output));
        }

        AssertNothingLeft(sandbox);
    }

    private static void AssertNothingLeft(Sandbox sandbox)
    {
        Assert.Empty(sandbox.Processes());
        Assert.DoesNotContain(Directory.EnumerateFiles(sandbox.Directory), path => path.Contains(".pid", StringComparison.Ordinal));
    }

    private static async Task StartAndStop(Sandbox sandbox, string tac)
    {
        var id = await sandbox.StartDaemonAsync(tac);
        await sandbox.KillAsync(id);
        await Until.GoneAsync(id);
        File.Delete(sandbox.PathOf("tachost.log"));
    }
}
