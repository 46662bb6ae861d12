using TacHost.CommandLine;

namespace TacHost.Control.Client;

/// <summary>The commands about what runs.</summary>
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
            _ => throw new InvalidOperationException($"There is no command '{request.Command}'."),
        };
    }
}
