using System.Globalization;
using TacHost.CommandLine;
using TacHost.Control.Client;
using TacHost.Control.Wire;

namespace TacHost.Fleet;

/// <summary><c>tachost fleet ls</c>: all deployments in a table.</summary>
internal static class FleetList
{
    private const int StateColumn = 1;
    private const int HashDigits = 8;

    private static readonly TimeSpan _interval = TimeSpan.FromSeconds(1);

    /// <returns>0, or 1 if a deployment has failed, is stale, or waits for its next try: for monitoring.</returns>
    public static int Run(CommandOptions command)
    {
        using var client = FleetClient.Connect(command.Fleet);
        while (true)
        {
            var report = FleetClient.Ask(client);
            var text = command.Json ? JsonText.Of(report, ControlJson.Default.FleetReport) : Text(report);
            Terminal.Write(command.Watch && Screen.Standard.IsTerminal ? $"\e[H\e[2J{text}" : text);
            if (!command.Watch)
                return report.Problem is null && report.Units.All(unit => unit.State is not ("failed" or "backing-off" or "stale")) ? 0 : 1;
            BlockingWait.For(Task.Delay(_interval));
        }
    }

    private static string Text(FleetReport report)
    {
        Table table = new("NAME", "STATE", "PID", "SINCE", "RESTARTS", "MEMORY", "CPU", "SOURCE", "REASON") { TruncatesEnd = true };
        foreach (var unit in report.Units)
        {
            table.Add(
                unit.Name, unit.State, Number(unit.Pid), Moment.Short(unit.Since), Number(unit.Restarts), MegaBytes(unit.Memory),
                unit.Processor is { } seconds ? string.Create(CultureInfo.InvariantCulture, $"{seconds:0.0} s") : "", unit.Hash?[..HashDigits] ?? "", FleetSummary.FirstLine(unit.Reason ?? ""));
        }

        var problem = report.Problem is { } reason ? SingleLine.Escape(reason) + "\n" : "";
        return problem + (report.Units.Count == 0 ? "The fleet has no deployments.\n" : table.ToString(Screen.Standard.Width, (column, text) => column == StateColumn ? Screen.Standard.State(text) : text));
    }

    private static string MegaBytes(long? bytes) => bytes is { } count ? string.Create(CultureInfo.InvariantCulture, $"{count / 1e6:0.0} MB") : "";

    private static string Number(int? number) => number?.ToString(CultureInfo.InvariantCulture) ?? "";
}
