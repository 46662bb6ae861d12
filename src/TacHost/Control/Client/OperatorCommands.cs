using System.Text.Json.Nodes;
using TacHost.CommandLine;

namespace TacHost.Control.Client;

/// <summary>The commands for running applications.</summary>
internal static class OperatorCommands
{
    /// <summary>Executes a command.</summary>
    /// <returns>The exit code.</returns>
    /// <exception cref="TacHostException">The command failed.</exception>
    public static int Run(HostRequest.Operate request)
    {
        var (command, who) = (request.Options.Command, request.Words.Count > 0 ? request.Words[0] : null);
        return request.Command switch
        {
            "ps" => PsCommand.Run(command),
            "status" => StatusCommand.Run(who, command.Json),
            "logs" => LogsCommand.Run(who, command),
            "level" => LevelCommand.Run(request.Words, command),
            "stop" when request.Words.Count < 2 => StopCommand.Run(who),
            "restart" when request.Words.Count < 2 => RestartCommand.Run(who),
            "stop" or "start" or "restart" => Call(request.Command, who!, new JsonObject { ["service"] = request.Words[1] }),
            "plan" => ReloadCommand.Plan(request.Words, command.Json),
            "reload" => ReloadCommand.Run(who, [], command.DryRun, command.Json),
            "history" => HistoryCommand.Run(who, command.Json),
            "rollback" => HistoryCommand.RollBack(request.Words, command),
            "upgrade" => UpgradeCommand.Run(who, command.Json),
            _ => throw new InvalidOperationException($"There is no command '{request.Command}'."),
        };
    }

    private static int Call(string method, string who, JsonObject parameters)
    {
        var running = ApplicationSearch.Find(who);
        using var client = running.Connect();
        client.Call(method, parameters, Timeout.InfiniteTimeSpan);
        return ExitCode.Success;
    }
}
