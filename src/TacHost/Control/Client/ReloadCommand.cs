using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using TacHost.CommandLine;
using TacHost.Control.Wire;

namespace TacHost.Control.Client;

/// <summary><c>tachost reload</c> and <c>tachost plan</c>: replace only what has changed in a running application, or show the changes.</summary>
internal static class ReloadCommand
{
    /// <summary>The exit code of a plan with changes.</summary>
    private const int WouldChange = 2;

    /// <summary>Shows the plan of a reload, or of a change to another tac file.</summary>
    /// <param name="words">The running application and the tac file. Both may be missing; a single word is a tac file if it is one that does not run.</param>
    /// <param name="asJson">True to print JSON.</param>
    public static int Plan(IReadOnlyList<string> words, bool asJson) => words switch
    {
        [var word] when File.Exists(word) && word.EndsWith(".csx", StringComparison.Ordinal) && ApplicationSearch.All(word).Count == 0 => Run(null, With(word), onlyPlan: true, asJson),
        [var who, var file] => Run(who, With(file), onlyPlan: true, asJson),
        _ => Run(words.Count > 0 ? words[0] : null, [], onlyPlan: true, asJson),
    };

    /// <summary>Executes a reload, or shows its plan.</summary>
    /// <param name="who">The running application, or null for the only one.</param>
    /// <param name="parameters">The parameters of the method that differ from those of an ordinary reload.</param>
    /// <param name="onlyPlan">True to do nothing.</param>
    /// <param name="asJson">True to print JSON.</param>
    /// <returns>0 if the reload is done, or there is nothing to do; 2 if a plan has changes.</returns>
    /// <exception cref="TacHostException">The reload failed, and everything runs as before.</exception>
    public static int Run(string? who, JsonObject parameters, bool onlyPlan, bool asJson)
    {
        var running = ApplicationSearch.Find(who);
        using var client = running.Connect();
        parameters["application"] = running.Name;
        parameters["dryRun"] = onlyPlan;
        var report = client.Call("reload", parameters, Timeout.InfiniteTimeSpan).Deserialize(ControlJson.Default.ReloadReport)!;
        Terminal.Write(asJson ? JsonText.Of(report, ControlJson.Default.ReloadReport) : Text(report, onlyPlan));
        return onlyPlan && report.Changes ? WouldChange : ExitCode.Success;
    }

    private static JsonObject With(string file) => new() { ["file"] = Path.GetFullPath(file) };

    private static string Text(ReloadReport report, bool onlyPlan)
    {
        StringBuilder text = new();
        foreach (var line in report.Services.Select(service => service.Text).Concat(report.Notices))
            text.Append(SingleLine.EscapeLines(line)).Append('\n');
        if (onlyPlan)
            return text.ToString();
        return text.Append(report.Describe()).Append('\n').ToString();
    }
}
