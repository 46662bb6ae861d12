using System.Globalization;
using TacHost.EndToEnd.Tests.Running;
using static TacHost.EndToEnd.Tests.SideBySide.Fact;

namespace TacHost.EndToEnd.Tests.SideBySide;

/// <summary>The pid file, and what may lie in its place.</summary>
internal static class PidFileSituations
{
    private static readonly Fact[] _refusedByTwistd =
    [
        Differ("exit code", "1", "0", "pid-lock"), Differ("speaks on", "stderr", "nothing", "pid-lock"), Differ("process runs", "no", "yes", "pid-lock"),
    ];

    public static IReadOnlyList<Situation> All { get; } =
    [
        new("the pid file of a daemon", Written,
            Both("pid file", "names the process"), Differ("ends in a newline", "no", "yes", "pid-file"), Differ("readable for all", "no", "yes", "pid-file")),
        new("the pid file of a dead process", stage => Found(stage, "999999999"),
            Both("exit code", "0"), Differ("speaks on", "stderr", "nothing", "pid-lock"), Both("process runs", "yes"), Both("pid file", "names the process")),
        new("an empty pid file", stage => Found(stage, ""),
            [.. _refusedByTwistd, Differ("pid file", "empty", "names the process", "pid-lock")]),
        new("a pid file with garbage", stage => Found(stage, "garbage"),
            [.. _refusedByTwistd, Differ("pid file", "garbage", "names the process", "pid-lock")]),
        new("a pid that another process has now", stage => Found(stage, Environment.ProcessId.ToString(CultureInfo.InvariantCulture)),
            [.. _refusedByTwistd, Differ("pid file", "names another process, or none", "names the process", "pid-lock")]),
        new("a second start", SecondStart,
            Differ("exit code", "1", "78", "exit-codes"), Both("speaks on", "stderr"), Both("names the first", "yes"), Both("pid file", "names the process"), Both("serves the poem", "yes")),
        new("the pid file of a zombie", Zombie,
            [.. _refusedByTwistd, Differ("pid file", "names another process, or none", "names the process", "pid-lock")]),
    ];

    private static async Task Written(Stage stage)
    {
        await stage.RunningAsync(stage.Start(Deployment.Poem()));
        stage.SeePidFile();
        stage.See("ends in a newline", (await File.ReadAllTextAsync(stage.PidFile, TestContext.Current.CancellationToken)).EndsWith('\n'));
        stage.See("readable for all", File.GetUnixFileMode(stage.PidFile).HasFlag(UnixFileMode.OtherRead));
    }

    private static async Task Found(Stage stage, string content)
    {
        await File.WriteAllTextAsync(stage.PidFile, content, TestContext.Current.CancellationToken);
        await stage.EndAsync(stage.Start(Deployment.Poem()));
        stage.SeeProcess();
        stage.SeePidFile();
    }

    private static async Task SecondStart(Stage stage)
    {
        var first = await stage.RunningAsync(stage.Start(Deployment.Poem()));
        var second = stage.Start(Deployment.Poem());
        await stage.EndAsync(second);
        stage.See("names the first", second.Error.Contains(first.ToString(CultureInfo.InvariantCulture), StringComparison.Ordinal));
        stage.SeePidFile();
        await stage.SeePoemAsync(first);
    }

    /// <summary>What a killed daemon is in a container whose first process does not reap what it inherits.</summary>
    private static async Task Zombie(Stage stage)
    {
        using var careless = Program.Start("/", new Dictionary<string, string?>(), "sh", "-c", "tail -f /dev/null & echo $!; exec tail -f /dev/null");
        try
        {
            var id = int.Parse((await careless.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken))!, CultureInfo.InvariantCulture);

            // The shell reaps its children; the program that it becomes does not.
            await Until.TrueAsync(() => File.ReadAllText($"/proc/{careless.Id}/cmdline").StartsWith("tail", StringComparison.Ordinal), "the shell to become another program");
            await stage.SignalAsync(id, "KILL");
            await Until.TrueAsync(() => Proc.Status(id, "State").StartsWith('Z'), "the zombie");
            await Found(stage, id.ToString(CultureInfo.InvariantCulture));
        }
        finally
        {
            careless.Kill(entireProcessTree: true);
        }
    }
}
