using TacHost.CommandLine;
using TacHost.Control.Wire;

namespace TacHost.Control.Client;

/// <summary><c>tachost tree</c> of an application that runs.</summary>
internal static class TreeCommand
{
    private const string TopOfScreen = "\e[H\e[J";

    private static readonly TimeSpan _interval = TimeSpan.FromSeconds(1);

    /// <summary>Shows the tree of a running application.</summary>
    /// <returns>The exit code, or null if the name is a tac file to evaluate.</returns>
    public static int? TryRun(string? name, CommandOptions command)
    {
        if (command.Evaluate)
            return name is not null ? null : throw new TacHostException(ExitCode.Usage, "which tac file is to be evaluated? tachost tree --evaluate FILE");
        if (name is not null && ApplicationSearch.IsPath(name) && File.Exists(name) && ApplicationSearch.All(name).Count == 0)
            return null;
        var running = ApplicationSearch.Find(name);
        using var client = running.Connect();
        do
            Show(running, StatusCommand.Ask(client), command);
        while (command.Watch && Pause());

        return ExitCode.Success;
    }

    private static void Show(RunningApplication running, StatusReport status, CommandOptions command)
    {
        var screen = Screen.Standard;
        var services = status.Services.Where(service => service.Path == running.Name || service.Path.StartsWith($"{running.Name}/", StringComparison.Ordinal)).ToList();
        var text = command.Json ? RunningTree.Json(services) : RunningTree.Text(services, screen);
        Terminal.Write(command.Watch && screen.IsTerminal && !command.Json ? TopOfScreen + text : text);
    }

    private static bool Pause()
    {
        BlockingWait.For(Task.Delay(_interval));
        return true;
    }
}
