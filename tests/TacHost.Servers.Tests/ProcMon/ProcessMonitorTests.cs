using System.Globalization;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;
using TacHost.Processes.ProcMon;

namespace TacHost.Servers.Tests.ProcMon;

public sealed class ProcessMonitorTests
{
    /// <summary>Heeds nothing, and says when it has come so far.</summary>
    private const string Stubborn = "trap '' TERM; echo ready; while :; do sleep 1; done";

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task StartAsync_Commands_RunWithThisEnvironmentAndTheirLinesAreLogged()
    {
        ProcessMonitor monitor = new();
        Dictionary<string, string?> environment = new() { ["ADDED"] = "by hand", ["HOME"] = null };
        monitor.AddProcess("first", Shell("echo \"to stdout, $ADDED\"; echo \"in $PWD\"; echo to stderr >&2; printf \"no end, ${HOME-no home}\"; exec sleep 1000"), environment, "/tmp");
        monitor.AddProcess("second", Shell("echo \"path $PATH\"; cat; echo end of input; exec sleep 1000"));
        await using var running = await RunningService.StartAsync(monitor);
        await LoggedAsync(running, "[second] end of input");
        await LoggedAsync(running, "[first] to stderr");
        await LoggedAsync(running, "[first] in /tmp");
        Assert.Contains(running.Log.Lines, line => line is { Text: "to stdout, by hand", Category: "test/first", Level: LogLevel.Information });
        Assert.Contains(running.Log.Lines, line => line.Text == $"path {Environment.GetEnvironmentVariable("PATH")}");
        var processes = monitor.Processes;
        Assert.Equal(["first", "second"], processes.Keys);

        await running.StopAsync();
        Assert.Contains(running.Log.Lines, line => line.Text == "no end, no home");
        Assert.All(processes.Values, process => Assert.False(IsThere(process!.Value)));
    }

    [Fact]
    public async Task Process_ThatEndsTooSoon_StartsAgainAfterGrowingDelays()
    {
        FakeTimeProvider clock = new();
        // The clock moves on while a process starts, so only a run of hours would be long enough.
        ProcessMonitor monitor = new() { TimeProvider = clock, Threshold = TimeSpan.FromHours(1) };
        monitor.AddProcess("short", Shell("exit 7"));
        await using var running = await RunningService.StartAsync(monitor);
        for (var seconds = 1; seconds <= 8; seconds *= 2)
        {
            await LoggedAsync(running, $"Restarting 'test/ProcessMonitor/short' in {seconds} s: 'short' (process ");
            Assert.Equal(1 + Math.Log2(seconds), Count(running, "started 'short'"));
            await AdvanceAsync(clock, TimeSpan.FromSeconds(seconds), () => Count(running, "started 'short'") > 1 + (int)Math.Log2(seconds));
        }
    }

    [Fact]
    public async Task Process_ThatRanLongEnough_StartsAgainAtOnce()
    {
        FakeTimeProvider clock = new();
        ProcessMonitor monitor = new() { TimeProvider = clock };
        monitor.AddProcess("long", ["sleep", "1000"]);
        await using var running = await RunningService.StartAsync(monitor);
        var first = monitor.Processes["long"];
        clock.Advance(TimeSpan.FromSeconds(1));
        monitor.RestartProcess("long");
        await LoggedAsync(running, $"Restarting 'test/ProcessMonitor/long' in 0 s: 'long' (process {first}) has ended: killed by signal 15");
        await Until.TrueAsync(() => monitor.Processes["long"] is { } second && second != first, "a second run");
    }

    [Fact]
    public async Task StopAsync_ProcessThatIgnoresTheSignal_IsKilledAfterTheKillTime()
    {
        FakeTimeProvider clock = new();
        ProcessMonitor monitor = new() { TimeProvider = clock };
        monitor.AddProcess("stubborn", Shell(Stubborn));
        await using var running = await RunningService.StartAsync(monitor);
        await LoggedAsync(running, "[stubborn] ready");
        var process = monitor.Processes["stubborn"]!.Value;
        var stop = running.StopAsync();
        clock.Advance(TimeSpan.FromSeconds(4.9));
        Assert.True(IsThere(process));
        await AdvanceAsync(clock, TimeSpan.FromSeconds(5), () => stop.IsCompleted);
        await stop;
        Assert.False(IsThere(process));
        Assert.Contains(running.Log.Lines, line => line.Text == $"'stubborn' (process group {process}) has ignored SIGTERM and is killed");
        Assert.Contains(running.Log.Lines, line => line.Text == $"stopped 'stubborn' (process {process}): killed by signal 9");
    }

    [Fact]
    public async Task StopAsync_GracePeriodOver_KillsAtOnce()
    {
        ProcessMonitor monitor = new() { KillTime = TimeSpan.FromHours(1) };
        monitor.AddProcess("stubborn", Shell(Stubborn));
        await using var running = await RunningService.StartAsync(monitor);
        await LoggedAsync(running, "[stubborn] ready");
        var process = monitor.Processes["stubborn"]!.Value;
        await monitor.StopAsync(new CancellationToken(canceled: true)).Soon();
        Assert.False(IsThere(process));
    }

    [Fact]
    public async Task StopAsync_WholeGroup_IsStoppedAndWaitedFor()
    {
        ProcessMonitor monitor = new();
        monitor.AddProcess("group", Shell("sleep 1000 & echo child $!; trap 'exit 0' TERM; (trap '' TERM; sleep 1000) & echo child $!; wait; exec sleep 1000"));
        await using var running = await RunningService.StartAsync(monitor);
        await Until.TrueAsync(() => Count(running, "[group] child ") == 2, "two children");
        int[] processes = [.. Children(running), monitor.Processes["group"]!.Value];
        Assert.All(processes, process => Assert.True(IsThere(process)));

        // The second child ignores SIGTERM, and is killed when the grace period is over.
        await monitor.StopAsync(new CancellationToken(canceled: true)).Soon();
        Assert.All(processes, process => Assert.False(IsThere(process)));
    }

    [Fact]
    public async Task Process_ThatLeavesChildrenBehind_StartsAgainOnceTheyAreGone()
    {
        FakeTimeProvider clock = new();
        ProcessMonitor monitor = new() { TimeProvider = clock };
        monitor.AddProcess("parent", Shell("sleep 1000 & echo child $!"));
        await using var running = await RunningService.StartAsync(monitor);
        await LoggedAsync(running, "Restarting 'test/ProcessMonitor/parent' in 1 s: ");
        Assert.Equal(1, Count(running, "has left processes in its group"));
        Assert.False(IsThere(Assert.Single(Children(running))));
    }

    [Fact]
    public async Task StartAsync_ProgramThatIsNotThere_FailsAndStopsTheOthers()
    {
        ProcessMonitor monitor = new();
        monitor.AddProcess("good", Shell("exec sleep 1000"));
        monitor.AddProcess("bad", ["no-such-program"]);
        monitor.SetName("commands");
        var failure = await Assert.ThrowsAsync<ProcessEndedException>(() => monitor.StartAsync(Token)).Soon();
        Assert.Equal("The command 'bad' of the service 'commands' cannot be started: No such file or directory. Name a program that this user may run, by its path or by a name in PATH.", failure.Message);
        Assert.All(monitor.Processes.Values, Assert.Null);
    }

    [Fact]
    public async Task Process_WhoseProgramDisappears_IsTriedAgain()
    {
        using TemporaryDirectory directory = new();
        var program = directory["program"];
        File.WriteAllText(program, "#!/bin/sh\nexit 3\n");
        File.SetUnixFileMode(program, UnixFileMode.UserRead | UnixFileMode.UserExecute);
        FakeTimeProvider clock = new();
        ProcessMonitor monitor = new() { TimeProvider = clock };
        monitor.AddProcess("one", [program]);
        await using var running = await RunningService.StartAsync(monitor);
        await LoggedAsync(running, "Restarting 'test/ProcessMonitor/one' in 1 s: ");
        File.Move(program, directory["moved"]);
        await AdvanceAsync(clock, TimeSpan.FromSeconds(1), () => Count(running, "Restarting 'test/ProcessMonitor/one' in 2 s: The command 'one' of the service 'test/ProcessMonitor' cannot be started: No such file or directory.") == 1);
        File.Move(directory["moved"], program);
        await AdvanceAsync(clock, TimeSpan.FromSeconds(2), () => Count(running, "Restarting 'test/ProcessMonitor/one' in 4 s: ") == 1);
    }

    [Fact]
    public async Task AddAndRemove_WhileRunning_StartAndStop()
    {
        ProcessMonitor monitor = new();
        await using var running = await RunningService.StartAsync(monitor);
        await monitor.AddProcessAsync("late", new ProcessCommand("sleep", "1000"), Token);
        var process = monitor.Processes["late"]!.Value;
        Assert.True(IsThere(process));
        Assert.Throws<ArgumentException>(() => monitor.AddProcess("late", ["true"]));
        await Assert.ThrowsAsync<ProcessEndedException>(() => monitor.AddProcessAsync("bad", new ProcessCommand("no-such-program"), Token));
        await monitor.RemoveProcessAsync("late", Token).Soon();
        Assert.False(IsThere(process));
        Assert.Empty(monitor.Processes);
        await Assert.ThrowsAsync<KeyNotFoundException>(() => monitor.RemoveProcessAsync("late", Token));
        Assert.Throws<KeyNotFoundException>(() => monitor.RestartProcess("late"));
    }

    [Fact]
    public async Task StartAsync_AfterAStop_RunsTheCommandsAgain()
    {
        ProcessMonitor monitor = new();
        monitor.AddProcess("one", ["sleep", "1000"]);
        await monitor.StartAsync(Token).Soon();
        var first = monitor.Processes["one"]!.Value;
        await monitor.StopAsync(Token).Soon();
        await monitor.StartAsync(Token).Soon();
        Assert.True(IsThere(monitor.Processes["one"]!.Value));
        await monitor.StopAsync(Token).Soon();
        Assert.False(IsThere(first));
    }

    [Fact]
    public async Task Output_WithoutLineEnds_ComesInPieces()
    {
        ProcessMonitor monitor = new() { MaxLineLength = 1000 };
        monitor.AddProcess("endless", Shell("head -c 100000 /dev/zero | tr '\\0' x; echo; echo done; exec sleep 1000"));
        await using var running = await RunningService.StartAsync(monitor);
        await LoggedAsync(running, "[endless] done");
        Assert.Equal(100, running.Log.Lines.Count(line => line.Text == new string('x', 1000)));
    }

    [Fact]
    public async Task Process_InheritsNoDescriptorsAndLeadsASession()
    {
        ProcessMonitor monitor = new();
        using var server = new System.Net.Sockets.TcpListener(System.Net.IPAddress.Loopback, 0);
        server.Start();
        monitor.AddProcess("list", Shell("for d in /proc/self/fd/*; do echo \"fd $(readlink $d)\"; done; cut -d' ' -f5,6 /proc/$$/stat | sed \"s/^/$$ leads /\"; exec sleep 1000"));
        await using var running = await RunningService.StartAsync(monitor);
        await LoggedAsync(running, " leads ");
        var process = monitor.Processes["list"];
        Assert.Contains(running.Log.Lines, line => line.Text == $"{process} leads {process} {process}");
        Assert.DoesNotContain(running.Log.Lines, line => line.Text.StartsWith("fd socket:", StringComparison.Ordinal));
    }

    private static string[] Shell(string script) => ["/bin/sh", "-c", script];

    private static int Count(RunningService running, string text) => running.Log.Lines.Count(line => $"[{line.Category.Split('/')[^1]}] {line.Text}".Contains(text, StringComparison.Ordinal));

    private static Task LoggedAsync(RunningService running, string text) => Until.TrueAsync(() => Count(running, text) > 0, text);

    private static IEnumerable<int> Children(RunningService running) =>
        running.Log.Lines.Where(line => line.Text.StartsWith("child ", StringComparison.Ordinal)).Select(line => int.Parse(line.Text[(line.Text.LastIndexOf(' ') + 1)..], CultureInfo.InvariantCulture));

    /// <summary>Moves the clock on until something has happened: whoever waits for the clock may begin to do so late. In small steps, so that no run becomes a long one.</summary>
    private static Task AdvanceAsync(FakeTimeProvider clock, TimeSpan delay, Func<bool> condition) =>
        Until.TrueAsync(
            () =>
            {
                if (condition())
                    return true;
                clock.Advance(delay / 20);
                return false;
            },
            "what the clock should have brought about");

    /// <summary>Whether a process lives; one that is dead and has not been waited for does not.</summary>
    private static bool IsThere(int process)
    {
        try
        {
            var status = File.ReadAllText($"/proc/{process}/stat");
            return !status[(status.LastIndexOf(')') + 1)..].StartsWith(" Z", StringComparison.Ordinal);
        }
        catch (IOException)
        {
            return false;
        }
    }
}
