using System.Globalization;
using System.Net;
using System.Net.Sockets;
using static TacHost.EndToEnd.Tests.SideBySide.Fact;

namespace TacHost.EndToEnd.Tests.SideBySide;

/// <summary>Starts that cannot work.</summary>
internal static class FailedStartSituations
{
    private static readonly string _longMessage = "no moon " + new string('.', 150) + " tonight";

    private static readonly Fact[] _nothingLeft = [Both("process left", "no"), Both("pid file", "none")];

    public static IReadOnlyList<Situation> All { get; } =
    [
        new("a tac that is not there", stage => LoadFails(stage, null), TacRefused("66")),
        new("a tac with a syntax error", stage => LoadFails(stage, Deployment.SyntaxError), TacRefused("65")),
        new("a tac without an application", stage => LoadFails(stage, Deployment.NoApplication), TacRefused("65", namedByTwistd: "no")),
        new("a tac that raises", stage => LoadFails(stage, Deployment.Raises), TacRefused("70")),
        new("a service that does not start, in a daemon", stage => StartFails(stage),
        [
            Differ("exit code", "1", "69", "exit-codes"), Both("speaks on", "stderr"), Differ("whole reason on stderr", "no", "yes", "whole-reasons"),
            Both("whole reason in the log", "yes"), Both("earlier service started", "yes"), Differ("earlier service stopped", "no", "yes", "rollback"), .. _nothingLeft,
        ]),
        new("a service that does not start, with -n", stage => StartFails(stage, "-n"),
        [
            Differ("exit code", "1", "69", "exit-codes"), Differ("speaks on", "stdout", "both", "whole-reasons"), Differ("whole reason on stderr", "no", "yes", "whole-reasons"),
            Differ("whole reason in the log", "yes", "no", "whole-reasons"), Both("earlier service started", "yes"), Differ("earlier service stopped", "no", "yes", "rollback"), .. _nothingLeft,
        ]),
        new("a port that is taken", PortTaken,
        [
            Differ("exit code", "1", "69", "exit-codes"), Both("speaks on", "stderr"), Both("names the port", "yes"), Differ("names the process that has it", "no", "yes", "whole-reasons"), .. _nothingLeft,
        ]),
        new("a daemon that is killed before it reports", Dies,
            Differ("exit code", "none, it never ends", "70", "front-always-ends"), Differ("says why", "no", "yes", "front-always-ends")),
        new("a user that does not exist", NoUser,
            [Differ("exit code", "1", "67", "exit-codes"), Both("speaks on", "stderr"), Differ("shows a stack trace", "yes", "no", "whole-reasons"), .. _nothingLeft]),
    ];

    private static Fact[] TacRefused(string exitCode, string namedByTwistd = "yes") =>
    [
        Differ("exit code", "1", exitCode, "exit-codes"), Both("speaks on", "stderr"), new("names the file", namedByTwistd, "yes", namedByTwistd == "yes" ? null : "whole-reasons"),
        Differ("shows a stack trace", "yes", "no", "whole-reasons"), .. _nothingLeft,
    ];

    private static async Task LoadFails(Stage stage, Deployment? deployment)
    {
        var run = deployment is null ? stage.Start("-y", stage.Contender.Tac) : stage.Start(deployment);
        await stage.EndAsync(run);
        stage.See("names the file", run.Error.Contains(stage.Contender.Tac, StringComparison.Ordinal));
        SeeTrace(stage, run);
        await stage.SeeWhatIsLeftAsync();
    }

    private static async Task StartFails(Stage stage, params string[] options)
    {
        var run = stage.Start(Deployment.StartRaises(_longMessage), options);
        await stage.EndAsync(run);
        stage.See("whole reason on stderr", run.Error.Contains(_longMessage, StringComparison.Ordinal));
        await stage.SeeWhatIsLeftAsync();
        stage.See("whole reason in the log", (options.Length == 0 ? stage.Log : run.Output).Contains(_longMessage, StringComparison.Ordinal));
        stage.See("earlier service started", File.Exists(stage.PathOf("witness.started")));
        stage.See("earlier service stopped", File.Exists(stage.PathOf("witness.stopped")));
    }

    private static async Task PortTaken(Stage stage)
    {
        using var holder = new TcpListener(IPAddress.Loopback, 0);
        holder.Start();
        var port = ((IPEndPoint)holder.LocalEndpoint).Port;
        var run = stage.Start(Deployment.Poem(port));
        await stage.EndAsync(run);
        stage.See("names the port", run.Error.Contains($"127.0.0.1:{port}", StringComparison.Ordinal));
        stage.See("names the process that has it", run.Error.Contains(Environment.ProcessId.ToString(CultureInfo.InvariantCulture), StringComparison.Ordinal));
        await stage.SeeWhatIsLeftAsync();
    }

    private static async Task Dies(Stage stage)
    {
        var run = stage.Start(Deployment.DiesWhileStarting);
        await stage.EndOrHangAsync(run);
        stage.See("says why", run.Error.Contains("killed by signal 9", StringComparison.Ordinal));
    }

    private static async Task NoUser(Stage stage)
    {
        var run = stage.Start(Deployment.Poem(), "-u", "nosuchuser");
        await stage.EndAsync(run);
        SeeTrace(stage, run);
        await stage.SeeWhatIsLeftAsync();
    }

    private static void SeeTrace(Stage stage, Run run) =>
        stage.See("shows a stack trace", run.Error.Contains("Traceback", StringComparison.Ordinal) || run.Error.Contains("\n   at ", StringComparison.Ordinal));
}
