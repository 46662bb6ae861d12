using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using TacHost.CommandLine;
using TacHost.Control.Wire;

namespace TacHost.Control.Client;

/// <summary><c>tachost history</c> and <c>tachost rollback</c>: the deployments of a running application, and the way back to one.</summary>
internal static class HistoryCommand
{
    /// <summary>Lists the deployments that a running application keeps, the running one last.</summary>
    public static int Run(string? who, bool asJson)
    {
        var running = ApplicationSearch.Find(who);
        using var client = running.Connect();
        var report = client.Call("history", new JsonObject { ["application"] = running.Name }, ControlClient.Timeout).Deserialize(ControlJson.Default.HistoryReport)!;
        Terminal.Write(asJson ? JsonText.Of(report, ControlJson.Default.HistoryReport) : TableOf(report));
        return ExitCode.Success;
    }

    /// <summary>Replaces what differs from an earlier deployment.</summary>
    /// <param name="words">The running application and the number of the deployment. Both may be missing; a single number is that of the deployment, unless a process has this ID.</param>
    /// <param name="command">The options.</param>
    public static int RollBack(IReadOnlyList<string> words, CommandOptions command)
    {
        var (who, number) = words switch
        {
            [var word] when NumberOf(word) is { } only && ApplicationSearch.All(word).Count == 0 => (null, only),
            [var name, var word] => (name, NumberOf(word) ?? throw new TacHostException(ExitCode.Usage, SingleLine.Escape($"'{word}' cannot be the number of a deployment. 'tachost history' lists them."))),
            _ => (words.Count > 0 ? words[0] : null, 0),
        };
        return ReloadCommand.Run(who, new JsonObject { ["rollback"] = number }, command.DryRun, command.Json);
    }

    private static int? NumberOf(string word) => int.TryParse(word, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number > 0 ? number : null;

    private static string TableOf(HistoryReport report)
    {
        Table table = new("NUMBER", "SINCE", "CHANGE", "TAC") { TruncatesEnd = true };
        foreach (var each in report.Deployments)
            table.Add($"{each.Number.ToString(CultureInfo.InvariantCulture)}{(each.Runs ? " *" : "")}", Moment.Short(each.Since), each.Change, each.Source);
        return table.ToString(Screen.Standard.Width);
    }
}
