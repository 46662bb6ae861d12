using System.Globalization;
using TacHost.EndToEnd.Tests.Running;
using static TacHost.EndToEnd.Tests.SideBySide.Fact;

namespace TacHost.EndToEnd.Tests.SideBySide;

/// <summary>The log file: who may read it, and when it makes room for another.</summary>
internal static class LogSituations
{
    public static IReadOnlyList<Situation> All { get; } =
    [
        new("the log of a daemon", stage => Mode(stage), Differ("log file's mode", "644", "600", "log-mode")),
        new("the log with --umask=027", stage => Mode(stage, "--umask=027"), Differ("log file's mode", "644", "640", "log-mode")),
        new("SIGUSR1 to a daemon", Rotate, Both("still runs", "yes"), Differ("log moved to .1", "yes", "no", "reopened-log")),
        new("SIGUSR1 after the log was renamed", Reopen, Both("still runs", "yes"), Differ("goes on in", "the old file", "a new file", "reopened-log")),
        new("a full log and twelve older ones", Full, Both("full log moved to .1", "yes"), Differ("older logs", "13", "10", "log-limits")),
    ];

    private static async Task Mode(Stage stage, params string[] options)
    {
        await stage.RunningAsync(stage.Start(Deployment.Poem(), options));
        stage.See("log file's mode", Convert.ToString((int)File.GetUnixFileMode(stage.PathOf(stage.Contender.Log)), 8));
    }

    private static async Task Rotate(Stage stage)
    {
        var id = await stage.RunningAsync(stage.Start(Deployment.Poem()));
        await stage.SignalAsync(id, "USR1");
        stage.See("still runs", await stage.AnswersAsync(Proc.PortOf(id)));
        await Until.TrueAsync(() => stage.Log.Contains("SIGUSR1", StringComparison.Ordinal) || File.Exists(stage.PathOf(stage.Contender.Log + ".1")), "an effect of the signal");
        stage.See("log moved to .1", File.Exists(stage.PathOf(stage.Contender.Log + ".1")));
    }

    private static async Task Reopen(Stage stage)
    {
        var id = await stage.RunningAsync(stage.Start(Deployment.Poem()));
        File.Move(stage.PathOf(stage.Contender.Log), stage.PathOf("renamed"));
        await stage.SignalAsync(id, "USR1");
        stage.See("still runs", await stage.AnswersAsync(Proc.PortOf(id)));
        await stage.SignalAsync(id, "TERM");
        await Until.GoneAsync(id);
        stage.See("goes on in", stage.Log.Contains("Server Shut Down.", StringComparison.Ordinal) ? "a new file" : "the old file");
    }

    private static async Task Full(Stage stage)
    {
        var log = stage.PathOf(stage.Contender.Log);
        await File.WriteAllTextAsync(log, new string('.', 1_000_000) + "\n", TestContext.Current.CancellationToken);
        for (var i = 1; i <= 12; i++)
            await File.WriteAllTextAsync(string.Create(CultureInfo.InvariantCulture, $"{log}.{i}"), "old\n", TestContext.Current.CancellationToken);
        await stage.RunningAsync(stage.Start(Deployment.Poem()));
        stage.See("full log moved to .1", new FileInfo(log + ".1").Length == 1_000_001);
        stage.See("older logs", Directory.EnumerateFiles(stage.Directory).Count(path => path.StartsWith(log + ".", StringComparison.Ordinal)).ToString(CultureInfo.InvariantCulture));
    }
}
