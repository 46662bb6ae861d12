using Microsoft.Extensions.Time.Testing;
using TacHost.Processes;
using TacHost.Processes.ProcMon;
using TacHost.Services;
using TacHost.Services.Supervision;

namespace TacHost.Servers.Tests.ProcMon;

/// <summary>What each command may have of its own: a signal, a policy, an end of patience, a user.</summary>
public sealed class ProcessCommandTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("INT")]
    [InlineData("SIGQUIT")]
    [InlineData("10")]
    public async Task StopSignal_OfItsOwn_IsTheOneThatIsSent(string signal)
    {
        ProcessMonitor monitor = new();
        monitor.AddProcess("one", new ProcessCommand("/bin/sh", "-c", "for s in INT QUIT USR1 TERM; do trap \"echo got $s; exit 0\" $s; done; echo ready; while :; do sleep 0.05; done") { StopSignal = StopSignal.Parse(signal) });
        await using var running = await RunningService.StartAsync(monitor);
        await LoggedAsync(running, "ready");
        await running.StopAsync();
        await LoggedAsync(running, $"got {(signal == "10" ? "USR1" : signal.Replace("SIG", "", StringComparison.Ordinal))}");
        Assert.DoesNotContain(running.Log.Lines, line => line.Text.Contains("is killed", StringComparison.Ordinal));
    }

    [Fact]
    public async Task StopSignal_ThatIsNotHeeded_IsNamed()
    {
        ProcessMonitor monitor = new() { KillTime = TimeSpan.FromMilliseconds(50) };
        monitor.AddProcess("one", new ProcessCommand("/bin/sh", "-c", "trap '' INT; echo ready; while :; do sleep 0.05; done") { StopSignal = StopSignal.Parse("INT") });
        await using var running = await RunningService.StartAsync(monitor);
        await LoggedAsync(running, "ready");
        await running.StopAsync();
        await LoggedAsync(running, "has ignored SIGINT and is killed");
    }

    [Theory]
    [InlineData(RestartPolicy.Permanent, 0, true)]
    [InlineData(RestartPolicy.Permanent, 3, true)]
    [InlineData(RestartPolicy.Transient, 0, false)]
    [InlineData(RestartPolicy.Transient, 3, true)]
    [InlineData(RestartPolicy.Temporary, 0, false)]
    [InlineData(RestartPolicy.Temporary, 3, false)]
    public async Task Restart_ByPolicyAndExitCode(RestartPolicy policy, int exitCode, bool restarts)
    {
        ProcessMonitor monitor = new() { Threshold = TimeSpan.Zero };
        using TemporaryDirectory directory = new();
        monitor.AddProcess("other", new ProcessCommand("sleep", "1000"));
        monitor.AddProcess("one", new ProcessCommand("/bin/sh", "-c", $"if mkdir first; then exit {exitCode}; fi; echo second run; exec sleep 1000") { Restart = policy, Directory = directory[""] });
        await using var running = await RunningService.StartAsync(monitor);
        await LoggedAsync(running, restarts ? "second run" : "'test/ProcessMonitor/one' has ended and is not restarted");
        Assert.NotNull(monitor.Processes["other"]);
        Assert.Equal(restarts, monitor.Processes["one"] is not null);
    }

    [Fact]
    public async Task MaxFailures_ShortRunsInARow_GiveTheCommandUpAndNoOther()
    {
        FakeTimeProvider clock = new();
        ProcessMonitor monitor = new() { TimeProvider = clock };
        monitor.AddProcess("good", new ProcessCommand("sleep", "1000"));
        monitor.AddProcess("bad", new ProcessCommand("/bin/sh", "-c", "exit 7") { MaxFailures = 3 });
        await using var running = await RunningService.StartAsync(monitor);
        await Until.TrueAsync(
            () =>
            {
                clock.Advance(TimeSpan.FromMilliseconds(50));
                return Count(running, "'test/ProcessMonitor/bad' has ended and is not restarted") > 0;
            },
            "the command is given up");
        Assert.Equal(3, Count(running, "started 'bad'"));
        Assert.Equal(1, Count(running, "'bad' has failed 3 times in a row and is not restarted; the other programs keep running"));
        Assert.Null(monitor.Processes["bad"]);
        Assert.NotNull(monitor.Processes["good"]);
        Assert.Equal(ServiceState.Running, monitor.State);
    }

    [Fact]
    public async Task MaxRestarts_OfTheMonitor_FailsItAsEverySupervisor()
    {
        ProcessMonitor monitor = new(maxRestarts: 2) { Threshold = TimeSpan.Zero };
        monitor.AddProcess("bad", new ProcessCommand("/bin/sh", "-c", "exit 7"));
        await using var running = await RunningService.StartAsync(monitor);
        await Until.TrueAsync(() => monitor.State == ServiceState.Failed, "the monitor fails");
        Assert.Equal(3, Count(running, "started 'bad'"));
        Assert.IsType<RestartLimitException>(monitor.LastFailure);
    }

    [Fact]
    public async Task Tree_Command_IsAServiceWithItsHistory()
    {
        ProcessMonitor monitor = new() { Threshold = TimeSpan.Zero };
        monitor.AddProcess("job", new ProcessCommand("sleep", "1000"));
        await using var running = await RunningService.StartAsync(monitor);
        var job = (MonitoredProcess)Assert.Single(monitor);
        Assert.Equal("test/ProcessMonitor/job", job.ServicePath);
        var first = job.ProcessId;
        monitor.RestartProcess("job");
        await Until.TrueAsync(() => job.ProcessId is { } second && second != first, "a second run");
        Assert.Equal(1, job.Restarts);
        Assert.Equal($"'job' (process {first}) has ended: killed by signal 15", job.LastFailure!.Message);
    }

    [Theory]
    [InlineData("#!/bin/sh\r\necho\r\n", "its first line ends in CR and LF, so its interpreter would be '/bin/sh\\r'. Save the script with the line ends of UNIX.")]
    [InlineData("#!/no/such/interpreter -x\n", "its interpreter '/no/such/interpreter' does not exist.")]
    public async Task Script_WhoseInterpreterIsMissing_IsToldSo(string text, string reason)
    {
        using TemporaryDirectory directory = new();
        await File.WriteAllTextAsync(directory["script"], text, Token);
        File.SetUnixFileMode(directory["script"], UnixFileMode.UserRead | UnixFileMode.UserExecute);
        ProcessMonitor monitor = new();
        monitor.AddProcess("one", new ProcessCommand(directory["script"]));
        var e = await Assert.ThrowsAsync<ProcessEndedException>(() => monitor.StartAsync(Token));
        Assert.Contains($"cannot be started: {reason}", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task User_ThatDoesNotExist_IsTold()
    {
        ProcessMonitor monitor = new();
        monitor.AddProcess("one", new ProcessCommand("true") { User = "no-such-user" });
        var e = await Assert.ThrowsAsync<ProcessEndedException>(() => monitor.StartAsync(Token));
        Assert.Contains("there is no user 'no-such-user'", e.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("STOP IT")]
    [InlineData("0")]
    [InlineData("65")]
    [InlineData("")]
    public void StopSignal_Unknown_IsRefused(string text) => Assert.Throws<FormatException>(() => StopSignal.Parse(text));

    private static int Count(RunningService running, string text) => running.Log.Lines.Count(line => line.Text.Contains(text, StringComparison.Ordinal));

    private static Task LoggedAsync(RunningService running, string text) => Until.TrueAsync(() => Count(running, text) > 0, text);
}
