using System.Globalization;
using TacHost.EndToEnd.Tests.Running;
using static TacHost.EndToEnd.Tests.SideBySide.Fact;

namespace TacHost.EndToEnd.Tests.SideBySide;

/// <summary>Starts that work, and the process that they leave.</summary>
internal static class StartSituations
{
    private static readonly Fact[] _daemonStarted = [Both("exit code", "0"), Both("speaks on", "nothing"), Both("serves the poem", "yes")];

    private static readonly Fact[] _inForeground =
    [
        Both("its parent", "the starter"), Both("its session", "the starter's"), Both("umask", "0022"), Both("log file", "none"),
        Both("pid file", "names the process"), Both("serves the poem", "yes"),
    ];

    public static IReadOnlyList<Situation> All { get; } =
    [
        new("a daemon", Daemon,
        [
            .. _daemonStarted, Both("its parent", "another"), Both("its session", "its own"), Both("umask", "0077"), Both("runs in", "launch directory"),
            Differ("stdin, stdout, stderr", "/dev/null", "/dev/null, the log", "printed-text"), Both("pid file", "names the process"),
        ]),
        new("-n", stage => Foreground(stage, "-n", "-y"), _inForeground),
        new("-noy FILE", stage => Foreground(stage, "-noy"), _inForeground),
        new("--umask=027", UmaskGiven, [.. _daemonStarted, Both("umask", "0027")]),
        new("--rundir", RunDirectory,
            [.. _daemonStarted, Both("runs in", "run directory"), Both("log and pid file in", "launch directory")]),
        new("--pidfile=", NoPidFile, [.. _daemonStarted, Both("pid file", "none")]),
        new("a tac that prints", Prints, [Both("exit code", "0"), Differ("speaks on", "stdout", "nothing", "printed-text"), Differ("printed text in the log", "no", "yes", "printed-text")]),
    ];

    private static async Task Daemon(Stage stage)
    {
        var id = await stage.DaemonAsync(Deployment.Poem());
        SeeAncestry(stage, id);
        stage.See("umask", Proc.Status(id, "Umask"));
        stage.See("runs in", DirectoryOf(stage, id));
        var streams = Enumerable.Range(0, 3).Select(descriptor => Proc.Descriptor(id, descriptor)).Distinct();
        stage.See("stdin, stdout, stderr", string.Join(", ", streams.Select(path => path == stage.PathOf(stage.Contender.Log) ? "the log" : path)));
        stage.SeePidFile();
        await stage.SeePoemAsync(id);
    }

    private static async Task Foreground(Stage stage, params string[] options)
    {
        var run = stage.Start([.. options, stage.Write(Deployment.Poem())]);
        await stage.SaysAsync(run, "is running");
        SeeAncestry(stage, run.Id);
        stage.See("umask", Proc.Status(run.Id, "Umask"));
        stage.See("log file", File.Exists(stage.PathOf(stage.Contender.Log)) ? "written" : "none");
        stage.SeePidFile();
        await stage.SeePoemAsync(run.Id);
    }

    private static async Task UmaskGiven(Stage stage)
    {
        var id = await stage.DaemonAsync(Deployment.Poem(), "--umask=027");
        stage.See("umask", Proc.Status(id, "Umask"));
        await stage.SeePoemAsync(id);
    }

    private static async Task RunDirectory(Stage stage)
    {
        Directory.CreateDirectory(stage.PathOf("run"));
        File.Move(stage.PathOf("poem.txt"), stage.PathOf("run/poem.txt"));
        var id = await stage.DaemonAsync(Deployment.Poem(), "--rundir", "run");
        stage.See("runs in", DirectoryOf(stage, id));
        stage.See("log and pid file in", File.Exists(stage.PidFile) && stage.Log.Length > 0 ? "launch directory" : "another");
        await stage.SeePoemAsync(id);
    }

    private static async Task NoPidFile(Stage stage)
    {
        var id = await stage.DaemonAsync(Deployment.Poem(), "--pidfile=");
        stage.See("pid file", Directory.EnumerateFiles(stage.Directory, "*.pid").Any() ? "written" : "none");
        await stage.SeePoemAsync(id);
    }

    private static async Task Prints(Stage stage)
    {
        await stage.DaemonAsync(Deployment.Prints);
        stage.See("printed text in the log", stage.Log.Contains("printed", StringComparison.Ordinal));
    }

    private static void SeeAncestry(Stage stage, int id)
    {
        stage.See("its parent", Proc.Status(id, "PPid") == Environment.ProcessId.ToString(CultureInfo.InvariantCulture) ? "the starter" : "another");
        stage.See("its session", Proc.Session(id) == Proc.Session(Environment.ProcessId) ? "the starter's" : "its own");
    }

    private static string DirectoryOf(Stage stage, int id)
    {
        var directory = Proc.WorkingDirectory(id);
        return directory == stage.Directory ? "launch directory" : directory == stage.PathOf("run") ? "run directory" : "another";
    }
}
