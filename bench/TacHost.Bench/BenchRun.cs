using System.Diagnostics;
using TacHost.Bench.Measurements;
using TacHost.Bench.Report;

namespace TacHost.Bench;

/// <summary>One run: takes the measurements one after another, shows them, and writes the table and the plot.</summary>
internal sealed class BenchRun(Bench bench)
{
    /// <returns>The exit code: 1 if a measurement failed, or if --check found a ratio out of its band.</returns>
    public int Run()
    {
        var head = Machine.Describe(bench.Peers).ToList();
        head.ForEach(Console.WriteLine);
        var rows = new List<Row>();
        var broken = 0;
        var began = Stopwatch.GetTimestamp();
        foreach (var measurement in AllMeasurements.List.Where(IsWanted))
        {
            try
            {
                foreach (var row in measurement.Take(bench))
                {
                    rows.Add(row);
                    Console.WriteLine($"{Stopwatch.GetElapsedTime(began).TotalSeconds,5:0} s  {MarkdownTable.Line(row)}");
                }
            }
            catch (Exception e) when (e is IOException or InvalidOperationException or TimeoutException)
            {
                // One that fails must not take the others along.
                Console.Error.WriteLine($"bench/run: '{measurement.Name}' failed: {e.Message}");
                head.Add($"Failed: {measurement.Name}: {e.Message}");
                broken++;
            }
        }

        Write(head, rows);
        return bench.Options.Length == Length.Check && !IsWithinBands(rows) || broken > 0 ? 1 : 0;
    }

    private bool IsWanted(Measurement measurement) =>
        bench.Options.Only.Count == 0 ? bench.Options.Length != Length.Check || measurement.IsChecked : bench.Options.Only.Any(part => measurement.Name.Contains(part, StringComparison.OrdinalIgnoreCase));

    private void Write(List<string> head, List<Row> rows)
    {
        if (bench.Options.Results is not { } directory)
            return;
        Directory.CreateDirectory(directory);
        File.WriteAllText(Path.Combine(directory, "results.md"), MarkdownTable.Make(head, rows) + "\n![the figures against their goals](results.svg)\n");
        File.WriteAllText(Path.Combine(directory, "results.svg"), SvgPlot.Make(rows));
        Console.WriteLine($"Written to {Path.GetRelativePath(bench.Root, directory)}: results.md, results.svg");
    }

    private static bool IsWithinBands(List<Row> rows)
    {
        var isWithin = true;
        foreach (var row in rows)
        {
            foreach (var goal in row.Goals.Where(goal => goal.IsChecked))
            {
                if (goal.Measured(row) is not { } measured || goal.IsWithinBand(measured))
                    continue;
                Console.Error.WriteLine($"bench/run: {row.Name}: {MarkdownTable.Describe(goal)} is off by more than three times: {MarkdownTable.Number(measured)}.");
                isWithin = false;
            }
        }

        return isWithin;
    }
}
