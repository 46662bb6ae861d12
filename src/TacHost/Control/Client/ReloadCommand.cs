using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using TacHost.CommandLine;
using TacHost.Control.Wire;

namespace TacHost.Control.Client;

/// <summary><c>tachost reload</c> and <c>tachost plan</c>: replace what has changed in a running application, or show what that would be.</summary>
internal static class ReloadCommand
{
    /// <summary>The exit code of a plan with changes.</summary>
    private const int WouldChange = 2;

    /// <returns>0 if the reload is done, or there is nothing to do; 2 if a plan has changes.</returns>
    /// <exception cref="TacHostException">The reload failed, and everything runs as before.</exception>
    public static int Run(string? who, bool onlyPlan, bool asJson)
    {
        var running = Who.Find(who);
        using var client = running.Connect();
        JsonObject parameters = new() { ["application"] = running.Name, ["dryRun"] = onlyPlan };
        var report = client.Call("reload", parameters, Timeout.InfiniteTimeSpan).Deserialize(ControlJson.Default.ReloadReport)!;
        Terminal.Write(asJson ? JsonText.Of(report, ControlJson.Default.ReloadReport) : Text(report, onlyPlan));
        return onlyPlan && report.Changes ? WouldChange : ExitCode.Success;
    }

    private static string Text(ReloadReport report, bool onlyPlan)
    {
        StringBuilder text = new();
        foreach (var line in report.Services.Select(service => service.Text).Concat(report.Notices))
            text.Append(OneLine.Printable(line)).Append('\n');
        if (onlyPlan)
            return text.ToString();
        return text.Append(report.Changes ? string.Create(CultureInfo.InvariantCulture, $"Reloaded in {report.Milliseconds:0} ms: {report.Summary}.\n") : "Reloaded: nothing has changed.\n").ToString();
    }
}
