using System.Text.Json;
using System.Text.Json.Nodes;
using TacHost.CommandLine;
using TacHost.Control.Client;
using TacHost.Control.Wire;

namespace TacHost.Fleet;

/// <summary>The commands for the deployments of an emperor.</summary>
internal static class FleetCommands
{
    /// <summary>The exit code of a plan with changes, and of a list with failures.</summary>
    private const int Changes = 1;

    /// <summary>The exit code of a plan with a tac file that does not compile.</summary>
    private const int Broken = 2;

    /// <summary>Executes a command.</summary>
    /// <exception cref="TacHostException">The command failed.</exception>
    public static int Run(HostRequest.OperateFleet request)
    {
        var command = request.Options.Command;
        return request.Command switch
        {
            "ls" => FleetList.Run(command),
            "status" => FleetStatus.Run(command, request.Words[0]),
            "logs" => FleetLogs.Run(command, request.Words),
            "plan" => Plan(command, onlyPlan: true),
            "apply" => Plan(command, onlyPlan: false),
            var verb => Chain(command, verb, request.Words),
        };
    }

    /// <summary>Returns the command line that runs a deployment in the foreground, as its emperor would run it.</summary>
    public static string[] ForegroundArguments(HostRequest.OperateFleet request)
    {
        var (fleet, name) = (request.Options.Command.Fleet, request.Words[0]);
        var entries = FleetDirectory.Read(fleet.Directory);
        var entry = entries.FirstOrDefault(each => each.Name == name)
            ?? throw new TacHostException(ExitCode.Usage, SingleLine.Escape($"there is no deployment '{name}' in '{fleet.Directory}'.{(DidYouMean.To(name, entries.Select(each => each.Name)) is { } near ? $" Did you mean '{near}'?" : "")}"));
        Directory.CreateDirectory(fleet.RunDirectory);
        using var client = FleetClient.TryConnect(fleet);
        var options = client is null ? [] : FleetClient.Ask(client).Options;
        return [.. UnitArguments.Of([.. options], fleet).ForForeground(entry)];
    }

    private static int Plan(CommandOptions command, bool onlyPlan)
    {
        using var client = FleetClient.Connect(command.Fleet);
        var report = client.Call("reload", new JsonObject { ["dryRun"] = onlyPlan }, Timeout.InfiniteTimeSpan).Deserialize(ControlJson.Default.ReloadReport)!;
        Terminal.Write(command.Json ? JsonText.Of(report, ControlJson.Default.ReloadReport) : string.Concat(report.Services.Select(line => line.Text).Concat(report.Notices).Select(line => SingleLine.EscapeLines(line) + "\n")));
        if (report.Services.Any(line => line.Verdict == "broken"))
            return onlyPlan ? Broken : ExitCode.BadTac;
        if (onlyPlan)
            return report.Changes ? Changes : ExitCode.Success;
        return report.Notices.Count == 0 ? ExitCode.Success : ExitCode.Unavailable;
    }

    private static int Chain(CommandOptions command, string verb, IReadOnlyList<string> names)
    {
        using var client = FleetClient.Connect(command.Fleet);
        JsonObject parameters = new()
        {
            ["names"] = new JsonArray([.. names.Select(name => (JsonNode?)JsonValue.Create(name))]),
            ["all"] = command.Fleet.All,
            ["parallel"] = command.Fleet.Parallel ?? 1,
            ["keepGoing"] = command.Fleet.KeepGoing,
        };
        var outcome = client.Call($"fleet-{verb}", parameters, Timeout.InfiniteTimeSpan, notification =>
        {
            if (!command.Json)
                Show(notification.Deserialize(ControlJson.Default.UnitOutcome)!);
            return true;
        }).Deserialize(ControlJson.Default.FleetOutcome)!;
        if (command.Json)
            Terminal.Write(JsonText.Of(outcome, ControlJson.Default.FleetOutcome));
        else if (outcome.Left.Count > 0)
            Terminal.WriteError(SingleLine.Escape($"tachost: {outcome.Left.Count} left as they were: {string.Join(", ", outcome.Left)}.") + "\n");
        return outcome.Done.FirstOrDefault(each => each.ExitCode != ExitCode.Success)?.ExitCode ?? ExitCode.Success;
    }

    private static void Show(UnitOutcome outcome)
    {
        var text = SingleLine.EscapeLines($"{outcome.Name}: {outcome.Message}") + "\n";
        if (outcome.ExitCode == ExitCode.Success)
            Terminal.Write(text);
        else
            Terminal.WriteError(text);
    }
}
