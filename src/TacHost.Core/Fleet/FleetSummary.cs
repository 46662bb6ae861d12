using System.Globalization;
using TacHost.Control.Wire;

namespace TacHost.Fleet;

/// <summary>A fleet in one line.</summary>
internal static class FleetSummary
{
    private static readonly string[] _alarming = ["failed", "backing-off", "stale"];

    /// <summary>Returns a text such as <c>37 running, 1 failed: science: …</c>.</summary>
    public static string Of(FleetReport report)
    {
        if (report.Units.Count == 0)
            return "no deployments";

        // The applications of a group count, and its process only if it does not run.
        var counts = report.Units.Where(unit => unit is not { IsGroup: true, State: "running" } || report.Units.Count == 1).GroupBy(unit => unit.State).OrderBy(group => group.Key == "running" ? 0 : 1).ThenBy(group => group.Key, StringComparer.Ordinal);
        var reasons = report.Units.Where(unit => _alarming.Contains(unit.State)).Select(unit => $"{unit.Name}: {FirstLine(unit.Reason ?? "")}").ToList();
        var text = string.Join(", ", counts.Select(group => string.Create(CultureInfo.InvariantCulture, $"{group.Count()} {group.Key}")));
        return reasons.Count == 0 ? text : $"{text}: {string.Join("; ", reasons)}";
    }

    /// <summary>Returns the first line of a reason.</summary>
    public static string FirstLine(string text) => text.Split('\n', 2)[0];
}
