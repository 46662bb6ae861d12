using System.Globalization;
using System.Text;

namespace TacHost.Bench.Report;

/// <summary>The table.</summary>
internal static class MarkdownTable
{
    public static string Make(IReadOnlyList<string> head, IReadOnlyList<Row> rows)
    {
        var text = new StringBuilder("# tachost beside its peers\n\n");
        foreach (var line in head)
            text.Append(CultureInfo.InvariantCulture, $"- {line}\n");
        text.Append("\nMedians of rounds that were taken in turn; in brackets the middle eight tenths.\n\n| what | unit | measured | goal | |\n|---|---|---|---|---|\n");
        foreach (var row in rows)
            text.Append(CultureInfo.InvariantCulture, $"| {row.Name} | {row.Unit} | {string.Join("<br>", row.Series.Select(Describe))} | {string.Join("<br>", row.Goals.Select(Describe))} | {string.Join("<br>", row.Goals.Select(goal => Verdict(goal, row)))} |\n");
        return text.ToString();
    }

    /// <summary>One row for a terminal.</summary>
    public static string Line(Row row)
    {
        var measured = string.Join("; ", row.Series.Select(Describe));
        var verdicts = string.Join("", row.Goals.Select(goal => $"\n      {Describe(goal)}: {Verdict(goal, row)}"));
        return $"{row.Name} ({row.Unit}): {measured}{verdicts}";
    }

    public static string Describe(Goal goal) =>
        $"{goal.Subject} {(goal.IsAtLeast ? "≥" : "≤")} {Number(goal.Limit)}{(goal.Against is null ? "" : $" × {goal.Against}")}";

    public static string Number(double value)
    {
        var size = Math.Abs(value);
        var form = size >= 100 ? "#,0" : size >= 10 ? "0.0" : size >= 0.01 || size == 0 ? "0.00" : "0.0000";
        return value.ToString(form, CultureInfo.InvariantCulture);
    }

    private static string Describe(Series series) =>
        series.Samples.Count == 1 ? $"{series.Subject} {Number(series.Median)}" : $"{series.Subject} {Number(series.Median)} ({Number(series.Low)}–{Number(series.High)})";

    private static string Verdict(Goal goal, Row row) => goal.Measured(row) switch
    {
        null => "not measured",
        { } measured when goal.IsMet(measured) => $"{Number(measured)}, met",
        { } measured => $"**{Number(measured)}, missed**",
    };
}
