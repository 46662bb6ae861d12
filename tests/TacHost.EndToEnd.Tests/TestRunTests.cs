using System.Globalization;
using TacHost.EndToEnd.Tests.Running;

namespace TacHost.EndToEnd.Tests;

/// <summary>The run of the tests itself: nothing of it stays, and what it starts does not depend on who started it.</summary>
public sealed class TestRunTests
{
    private const string Notes = "TACHOST_TEST_NOTES";

    [Fact]
    public async Task Run_Killed_LeavesNoDaemonAndNoFile()
    {
        await using Sandbox sandbox = new();
        sandbox.Environment[Notes] = sandbox.PathOf("notes");
        sandbox.Environment["TMPDIR"] = sandbox.Directory;
        using var tests = sandbox.StartProgram(Environment.ProcessPath!, "-method", $"{typeof(TestRunTests).FullName}.{nameof(Daemon_Started_GoesOn)}");
        var notes = await Until.FoundAsync(() => File.Exists(sandbox.PathOf("notes")) && File.ReadAllLines(sandbox.PathOf("notes")) is { Length: 2 } lines ? lines : null, "the daemon of the other run");
        var daemon = int.Parse(notes[0], CultureInfo.InvariantCulture);
        Assert.True(Until.IsAlive(daemon));
        tests.Kill();

        await Until.GoneAsync(daemon);
        await Until.TrueAsync(() => !Directory.Exists(notes[1]), "the caretaker to delete the files");
        Assert.Empty(Directory.EnumerateDirectories(sandbox.Directory, "tachost-tests-*"));
    }

    /// <summary>A shell ignores SIGINT for what it starts in the background. A daemon that the tests start there must not.</summary>
    [Fact]
    public async Task Run_StartedWithSigintIgnored_StartsProgramsThatHeedIt()
    {
        await using Sandbox sandbox = new();
        sandbox.Environment[Notes] = sandbox.PathOf("notes");
        sandbox.Environment["TMPDIR"] = sandbox.Directory;
        using var tests = sandbox.StartProgram("sh", "-c", "trap '' INT; exec \"$@\"", "sh", Environment.ProcessPath!, "-method", $"{typeof(TestRunTests).FullName}.{nameof(Daemon_Started_GoesOn)}");
        var notes = await Until.FoundAsync(() => File.Exists(sandbox.PathOf("notes")) && File.ReadAllLines(sandbox.PathOf("notes")) is { Length: 2 } lines ? lines : null, "the daemon of the other run");
        var daemon = int.Parse(notes[0], CultureInfo.InvariantCulture);
        await sandbox.KillAsync(daemon, "INT");

        await Until.GoneAsync(daemon);
        tests.Kill();
        await Until.TrueAsync(() => !Directory.Exists(notes[1]), "the caretaker to delete the files");
    }

    /// <summary>What the other run consists of. It does nothing unless one of the tests above has started it.</summary>
    [Fact]
    public async Task Daemon_Started_GoesOn()
    {
        if (Environment.GetEnvironmentVariable(Notes) is not { } notes)
            return;
        await using Sandbox sandbox = new();
        var daemon = await sandbox.StartDaemonAsync(sandbox.UseSharedTac());
        await File.WriteAllLinesAsync(notes, [daemon.ToString(CultureInfo.InvariantCulture), Path.GetTempPath().TrimEnd('/')], TestContext.Current.CancellationToken);
        await Task.Delay(Timeout.Infinite, TestContext.Current.CancellationToken);
    }
}
