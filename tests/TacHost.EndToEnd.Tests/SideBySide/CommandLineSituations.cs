using static TacHost.EndToEnd.Tests.SideBySide.Fact;

namespace TacHost.EndToEnd.Tests.SideBySide;

/// <summary>What is said about a command line, and nothing started.</summary>
internal static class CommandLineSituations
{
    public static IReadOnlyList<Situation> All { get; } =
    [
        new("no argument", stage => Say(stage),
            Both("exit code", "0"), Both("speaks on", "stdout"), Differ("shows the whole help", "yes", "no", "short-usage")),
        new("--version", stage => Say(stage, "--version"),
            Both("exit code", "0"), Both("speaks on", "stdout"), Both("shows the whole help", "no")),
        new("an option that does not exist", stage => Say(stage, "--nodeamon"),
            Differ("exit code", "0", "64", "usage-errors"), Differ("speaks on", "stdout", "stderr", "usage-errors"), Differ("shows the whole help", "yes", "no", "usage-errors")),
        new("a bad value of an option", stage => Say(stage, "--umask", "zz", "-y", stage.Contender.Tac),
            Differ("exit code", "0", "64", "usage-errors"), Differ("speaks on", "stdout", "stderr", "usage-errors"), Differ("shows the whole help", "yes", "no", "usage-errors")),
        new("a command that does not exist", stage => Say(stage, "poertry"),
            Differ("exit code", "0", "64", "usage-errors"), Differ("speaks on", "stdout", "stderr", "usage-errors"), Differ("shows the whole help", "yes", "no", "usage-errors")),
        new("a daemon that is to log to stdout", stage => Refuse(stage, "-l", "-"),
            Differ("exit code", "1", "64", "exit-codes"), Both("speaks on", "stderr"), Both("process left", "no"), Both("pid file", "none")),
    ];

    private static async Task Say(Stage stage, params string[] arguments)
    {
        var run = stage.Start(arguments);
        await stage.EndAsync(run);
        stage.See("shows the whole help", (run.Output + run.Error).Contains("--nodaemon ", StringComparison.Ordinal) && (run.Output + run.Error).Contains("--chroot", StringComparison.Ordinal));
    }

    private static async Task Refuse(Stage stage, params string[] options)
    {
        await stage.EndAsync(stage.Start(Deployment.Poem(), options));
        await stage.SeeWhatIsLeftAsync();
    }
}
