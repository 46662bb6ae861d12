using TacHost.EndToEnd.Tests.Running;
using static TacHost.EndToEnd.Tests.SideBySide.Fact;

namespace TacHost.EndToEnd.Tests.SideBySide;

/// <summary>The signals that end a process, or might.</summary>
internal static class StopSituations
{
    private static readonly Fact[] _stopped = [Both("process left", "no"), Both("pid file", "none"), Both("last line of the log", "Server Shut Down.")];

    private static readonly Fact[] _killedTwistd = [Differ("still runs", "no", "yes", "harmless-signals"), Differ("pid file", "names another process, or none", "names the process", "harmless-signals")];

    public static IReadOnlyList<Situation> All { get; } =
    [
        new("SIGTERM to a daemon", StopDaemon, [.. _stopped, Both("port answers", "no")]),
        new("SIGTERM with -n", stage => Stop(stage, Deployment.Poem(), "TERM"),
            [Differ("exit code", "143", "0", "clean-stop-exits-0"), Both("speaks on", "stdout"), .. _stopped]),
        new("SIGINT with -n", stage => Stop(stage, Deployment.Poem(), "INT"),
            [Differ("exit code", "130", "0", "clean-stop-exits-0"), Both("speaks on", "stdout"), .. _stopped]),
        new("SIGTERM with -n, tachost with --exit-with-signal", stage => Stop(stage, Deployment.Poem(), "TERM", stage.Contender == Contender.Tachost ? ["--exit-with-signal"] : []),
            [Both("exit code", "143"), Both("speaks on", "stdout"), .. _stopped]),
        new("SIGTERM with a service that raises when stopped", StopRaises,
            [Differ("exit code", "143", "70", "exit-codes"), Both("speaks on", "stdout"), Both("other service stopped", "yes"), Both("reason in the log", "yes"), .. _stopped]),
        new("a second SIGTERM with a service that never stops", SecondTerm,
            Differ("exit code", "none, it never ends", "75", "bounded-stop"), Differ("names the service", "no", "yes", "bounded-stop"), Differ("pid file", "names the process", "none", "bounded-stop")),
        new("SIGHUP to a daemon", stage => Daemon(stage, "HUP"), _killedTwistd),
        new("SIGHUP with -n", stage => Foreground(stage, "HUP"), _killedTwistd),
        new("SIGUSR1 with the log on stdout", stage => Foreground(stage, "USR1"), _killedTwistd),
        new("SIGUSR2 with -n", stage => Foreground(stage, "USR2"), _killedTwistd),
        new("SIGPIPE to a daemon", stage => Daemon(stage, "PIPE"), Both("still runs", "yes"), Both("pid file", "names the process")),
    ];

    private static async Task StopDaemon(Stage stage)
    {
        var id = await stage.RunningAsync(stage.Start(Deployment.Poem()));
        var port = Proc.PortOf(id);
        await stage.SignalAsync(id, "TERM");
        await Until.GoneAsync(id);
        stage.See("port answers", await stage.AnswersAsync(port));
        await stage.SeeWhatIsLeftAsync();
        SeeLastLine(stage, stage.Log);
    }

    private static async Task<Run> Stop(Stage stage, Deployment deployment, string signal, params string[] options)
    {
        var run = await stage.ForegroundAsync(deployment, options);
        await stage.SignalAsync(run.Id, signal);
        await stage.EndAsync(run);
        await stage.SeeWhatIsLeftAsync();
        SeeLastLine(stage, run.Output);
        return run;
    }

    private static async Task StopRaises(Stage stage)
    {
        var run = await Stop(stage, Deployment.StopRaises, "TERM");
        stage.See("other service stopped", File.Exists(stage.PathOf("witness.stopped")));
        stage.See("reason in the log", run.Output.Contains("no end", StringComparison.Ordinal));
    }

    private static async Task SecondTerm(Stage stage)
    {
        var run = await stage.ForegroundAsync(Deployment.NeverStops);
        await stage.SignalAsync(run.Id, "TERM");
        await stage.SaysAsync(run, "never stopping");

        // To tachost it is a second one when a second has passed. twistd dies of a flood of them, in a log line that the next signal interrupts.
        using PeriodicTimer pace = new(TimeSpan.FromSeconds(1.1));
        var signals = RepeatTerm();
        await stage.EndOrHangAsync(run);
        pace.Dispose();
        await signals;
        stage.See("names the service", run.Output.Contains("Stuck", StringComparison.Ordinal));
        stage.SeePidFile();

        async Task RepeatTerm()
        {
            while (await pace.WaitForNextTickAsync() && Until.IsAlive(run.Id))
                await stage.SignalIfThereAsync(run.Id, "TERM");
        }
    }

    private static async Task Daemon(Stage stage, string signal) =>
        await SeeSurvival(stage, await stage.RunningAsync(stage.Start(Deployment.Poem())), signal);

    private static async Task Foreground(Stage stage, string signal) =>
        await SeeSurvival(stage, (await stage.ForegroundAsync(Deployment.Poem())).Id, signal);

    /// <summary>A poem that is served after the signal shows that it was survived: the kernel delivers a signal before it returns to the program.</summary>
    private static async Task SeeSurvival(Stage stage, int id, string signal)
    {
        var port = Proc.PortOf(id);
        await stage.SignalAsync(id, signal);
        var survived = await stage.AnswersAsync(port);
        if (!survived)
            await Until.GoneAsync(id);
        stage.See("still runs", survived);
        stage.SeePidFile();
    }

    private static void SeeLastLine(Stage stage, string log) =>
        stage.See("last line of the log", log.TrimEnd('\n').Split("] ")[^1]);
}
