using System.Globalization;
using System.Text;
using System.Text.Json;
using TacHost.CommandLine;
using TacHost.Control.Client;
using TacHost.Control.Wire;

namespace TacHost.Fleet;

/// <summary><c>tachost fleet status NAME</c>: one deployment with its tree and the end of its log.</summary>
internal static class FleetStatus
{
    private const int LastLines = 10;

    /// <returns>0 if the deployment runs, 70 if it has failed, is stale or waits for its next try, 69 otherwise.</returns>
    public static int Run(CommandOptions command, string name)
    {
        var report = FleetClient.Ask(command.Fleet);
        var unit = report.Units.FirstOrDefault(each => each.Name == name)
            ?? throw new TacHostException(ExitCode.Usage, SingleLine.Escape($"there is no deployment '{name}' in the fleet.{(DidYouMean.To(name, report.Units.Select(each => each.Name)) is { } near ? $" Did you mean '{near}'?" : "")}"));
        Terminal.Write(command.Json ? JsonText.Of(report with { Units = [unit] }, ControlJson.Default.FleetReport) : Text(unit));
        return unit.State switch
        {
            "running" => ExitCode.Success,
            "failed" or "stale" or "backing-off" => ExitCode.Software,
            _ => ExitCode.Unavailable,
        };
    }

    private static string Text(UnitReport unit)
    {
        StringBuilder text = new();
        text.Append(CultureInfo.InvariantCulture, $"{Screen.Standard.Heading(unit.Name)}: {Screen.Standard.State(unit.State)}{(unit.Since is { } since ? $" since {Moment.Long(since)}" : "")}\n");
        Row("reason", unit.Reason);
        Row("tac", unit.Source);
        Row("process", unit.Pid is { } id ? string.Create(CultureInfo.InvariantCulture, $"{id}{(unit.Adopted ? ", adopted" : "")}") : null);
        Row("restarts", unit.Restarts.ToString(CultureInfo.InvariantCulture));
        Row("last exit", unit.LastExit);
        Row("next try", unit.NextTry is { } next ? Moment.Long(next) : null);
        Row("sources", unit.Hash);
        Row("log", unit.LogFile);
        foreach (var service in Services(unit))
            text.Append(CultureInfo.InvariantCulture, $"  {new string(' ', 2 * service.Depth)}{SingleLine.Escape(service.Name)}: {Screen.Standard.State(service.State)}{(service.LocalAddresses.Count > 0 ? $", {string.Join(", ", service.LocalAddresses)}" : "")}{(service.LastFailure is { } failure ? $", {SingleLine.Escape(failure)}" : "")}\n");
        foreach (var line in LogFiles.LinesBefore(unit.LogFile, null, LastLines))
            text.Append(CultureInfo.InvariantCulture, $"  | {SingleLine.EscapeLines(line)}\n");
        return text.ToString();

        void Row(string title, string? value)
        {
            if (value is not null)
                text.Append(CultureInfo.InvariantCulture, $"  {title,-12} {SingleLine.EscapeLines(value)}\n");
        }
    }

    /// <summary>Returns the services of a deployment, which may be one application of several in its process.</summary>
    private static IReadOnlyList<ServiceReport> Of(UnitReport unit, StatusReport report)
    {
        var index = report.Process.Applications.Where(application => application.Name is not null).ToList().FindIndex(application => application.Source == unit.Source);
        if (report.Process.Applications.Count == 1 || unit.IsGroup || index < 0)
            return report.Services;
        var roots = report.Services.Index().Where(each => each.Item.Depth == 0).Select(each => each.Index).Append(report.Services.Count).ToList();
        return [.. report.Services.Take(roots[index]..roots[index + 1])];
    }

    private static IReadOnlyList<ServiceReport> Services(UnitReport unit)
    {
        if (unit.Pid is not { } process)
            return [];
        try
        {
            using var client = ControlClient.Connect(process);
            return client is null ? [] : Of(unit, client.Call("status", null, ControlClient.Timeout).Deserialize(ControlJson.Default.StatusReport)!);
        }
        catch (TacHostException)
        {
            return [];
        }
    }
}
