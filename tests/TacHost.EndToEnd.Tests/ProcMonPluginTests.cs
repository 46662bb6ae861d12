using System.Globalization;
using System.Text.RegularExpressions;
using TacHost.EndToEnd.Tests.Running;

namespace TacHost.EndToEnd.Tests;

/// <summary><c>tachost procmon</c> and what it keeps running.</summary>
public sealed partial class ProcMonPluginTests
{
    [Fact]
    public async Task ProcMon_CommandKilled_ComesBackAndItsWholeGroupEndsWithTheHost()
    {
        await using Sandbox sandbox = new();
        var id = await sandbox.StartDaemonAsync("procmon", "--threshold", "0s", "--killtime", "2s", "--command", "job=sleep 1000 & echo started $$ and $!; echo and this is an error >&2; wait; sleep 1000", "sleep", "999");
        var first = await RunAsync(sandbox, 0);
        Assert.All(first, process => Assert.True(Until.IsAlive(process)));
        await sandbox.LoggedAsync("/job] and this is an error\n");

        await sandbox.KillAsync(first[0], "KILL");
        var second = await RunAsync(sandbox, 1);
        await sandbox.LoggedAsync($"in 0 s: 'job' (process {first[0]}) has ended: killed by signal 9");
        Assert.All(first, process => Assert.False(Until.IsAlive(process)));
        Assert.Empty(first.Intersect(second));
        Assert.Equal(4, sandbox.Processes().Count()); // the host, the shell with its child, and the program behind the options
        await sandbox.KillAsync(id);
        await Until.GoneAsync(id);
        Assert.Empty(sandbox.Processes());
        Assert.Contains("stopped 'sleep' (process ", sandbox.Log, StringComparison.Ordinal);
        Assert.EndsWith("Server Shut Down.\n", sandbox.Log, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ProcMon_CommandThatIgnoresTheSignal_IsKilledBeforeTheHostEnds()
    {
        await using Sandbox sandbox = new();
        var id = await sandbox.StartDaemonAsync("procmon", "--killtime", "100ms", "--command", "job=trap '' TERM; sleep 1000 & echo started $$ and $!; wait; sleep 1000");
        var processes = await RunAsync(sandbox, 0);
        await sandbox.KillAsync(id);
        await Until.GoneAsync(id);
        Assert.All(processes, process => Assert.False(Until.IsAlive(process)));
        Assert.Contains("has ignored SIGTERM and is killed", sandbox.Log, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ProcMon_ProgramThatIsNotThere_DoesNotStart()
    {
        await using Sandbox sandbox = new();
        var outcome = await sandbox.TachostAsync("procmon", "no-such-program");
        Assert.Equal((69, ""), (outcome.ExitCode, outcome.Output));
        Assert.Contains("The command 'no-such-program' of the service 'procmon/ProcessMonitor' cannot be started: No such file or directory.", outcome.Error, StringComparison.Ordinal);
        Assert.False(File.Exists(sandbox.PidFile));
    }

    [Fact]
    public async Task ProcMon_User_RunsTheCommandAsThatUserWithItsEnvironment()
    {
        Assert.SkipUnless(Environment.UserName == "root", "only root can start programs of others");
        await using Sandbox sandbox = new();
        File.SetUnixFileMode(sandbox.Directory, (UnixFileMode)0b111_101_101);
        sandbox.Environment["A_SECRET"] = "of root";
        var id = await sandbox.StartDaemonAsync("procmon", "--user", "nobody:daemon", "--stopsignal", "INT", "--command", "job=id; echo home $HOME, secret ${A_SECRET-none}; exec sleep 1000");
        await sandbox.LoggedAsync("/job] uid=65534(nobody) gid=1(daemon) groups=1(daemon)\n");
        await sandbox.LoggedAsync("/job] home /nonexistent, secret none\n");
        await sandbox.KillAsync(id);
        await Until.GoneAsync(id);
        Assert.Empty(sandbox.Processes());
        Assert.Contains("killed by signal 2", sandbox.Log, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ProcMon_CommandThatIsGivenUp_LeavesTheOthersRunning()
    {
        await using Sandbox sandbox = new();
        var id = await sandbox.StartDaemonAsync("procmon", "--minrestartdelay", "10ms", "--maxfailures", "2", "--command", "good=exec sleep 1000", "--command", "bad=exit 7");
        await sandbox.LoggedAsync("'bad' has failed 2 times in a row and is not restarted; the other programs keep running");
        Assert.Equal(2, sandbox.Processes().Count());
        await sandbox.KillAsync(id);
        await Until.GoneAsync(id);
        Assert.Empty(sandbox.Processes());
    }

    /// <summary>The processes of a run: the shell and what it has started.</summary>
    private static async Task<int[]> RunAsync(Sandbox sandbox, int run)
    {
        await Until.TrueAsync(() => Started().Count(sandbox.Log) > run, "a run");
        var match = Started().Matches(sandbox.Log)[run];
        return [int.Parse(match.Groups["shell"].Value, CultureInfo.InvariantCulture), int.Parse(match.Groups["child"].Value, CultureInfo.InvariantCulture)];
    }

    [GeneratedRegex(@"/job\] started (?<shell>\d+) and (?<child>\d+)\n")]
    private static partial Regex Started();
}
