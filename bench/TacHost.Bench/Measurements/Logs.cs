using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;
using TacHost.Bench.Report;
using TacHost.Bench.Servers;

namespace TacHost.Bench.Measurements;

/// <summary>Log lines of eight threads into the rolling file: how many a second, and whether they are all there and in order.</summary>
internal sealed partial record LogLines() : Measurement("log lines", IsChecked: true)
{
    private const int Threads = 8;

    public override IEnumerable<Row> Take(Bench bench)
    {
        var lines = bench.Options.Of(10_000, 125_000, 500_000);
        var samples = Enumerable.Range(0, bench.Options.Of(1, 3, 7)).Select(_ => Measure(bench, lines)).ToList();
        yield return new Row($"log lines a second, {Threads} threads, to the rolling file, all there and in order", "1/s", [new Series("tachost", samples)], new Goal("tachost", null, 500_000) { IsAtLeast = true });
    }

    private static double Measure(Bench bench, int lines)
    {
        var setup = bench.Setup();
        var result = setup.InDirectory("result");
        setup = setup with { Environment = new Dictionary<string, string> { ["BENCH_THREADS"] = $"{Threads}", ["BENCH_LINES"] = $"{lines}", ["BENCH_RESULT"] = result } };
        using (var server = bench.Peers.Host("tachost", "log-lines.csx", "--log-keep", "0").Start(setup))
            server.WaitForEnd(TimeSpan.FromSeconds(120));
        Verify(setup.Directory, lines);
        return Threads * lines / double.Parse(File.ReadAllText(result), CultureInfo.InvariantCulture);
    }

    private static void Verify(string directory, int lines)
    {
        var next = new int[Threads];
        var oldestFirst = Directory.EnumerateFiles(directory, "log*").OrderByDescending(file => file.EndsWith("log", StringComparison.Ordinal) ? 0 : int.Parse(Path.GetExtension(file).AsSpan(1), CultureInfo.InvariantCulture));
        foreach (var line in oldestFirst.SelectMany(File.ReadLines))
        {
            if (Line().Match(line) is not { Success: true } match)
                continue;
            var thread = int.Parse(match.Groups[1].ValueSpan, CultureInfo.InvariantCulture);
            var number = int.Parse(match.Groups[2].ValueSpan, CultureInfo.InvariantCulture);
            if (number != next[thread]++)
                throw new InvalidOperationException($"Line {next[thread] - 1} of thread {thread} is not where it should be; there is {number}.");
        }

        if (next.Any(count => count != lines))
            throw new InvalidOperationException($"Lines are missing: of {lines} of each thread there are {string.Join(", ", next)}.");
    }

    [GeneratedRegex(@"thread (\d+) line (\d+) sending")]
    private static partial Regex Line();
}

/// <summary>How long it takes until a single line can be read in the file.</summary>
internal sealed record LogDelay() : Measurement("log delay")
{
    private const double Ticks = 1000;

    public override IEnumerable<Row> Take(Bench bench)
    {
        var setup = bench.Setup();
        var delays = new List<double>();
        using (bench.Peers.Host("tachost", "log-delay.csx").Start(setup))
        {
            var wanted = bench.Options.Of(5, 25, 100);
            using var log = WaitForLog(setup);
            using var reader = new StreamReader(log);
            var began = Stopwatch.GetTimestamp();
            while (delays.Count < wanted)
            {
                if (Stopwatch.GetElapsedTime(began) > TimeSpan.FromSeconds(60))
                    throw new TimeoutException("No line came for a minute.");
                if (reader.ReadLine() is not { } line)
                    Thread.Sleep(1);
                else if (line.LastIndexOf("drip ", StringComparison.Ordinal) is >= 0 and var at)
                    delays.Add((Stopwatch.GetTimestamp() - long.Parse(line.AsSpan(at + 5), CultureInfo.InvariantCulture)) * Ticks / Stopwatch.Frequency);
            }
        }

        // The first lines may have been there before anybody looked.
        yield return new Row("a single line is in the file after", "ms", [new Series("tachost", delays[2..]), new Series("the latest", [delays[2..].Max()])], new Goal("the latest", null, 100));
    }

    private static FileStream WaitForLog(ServerSetup setup)
    {
        for (var attempt = 0; attempt < 6000 && !File.Exists(setup.InDirectory("log")); attempt++)
            Thread.Sleep(10);
        return new FileStream(setup.InDirectory("log"), FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
    }
}
