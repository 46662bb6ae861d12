using System.Diagnostics;
using TacHost.Bench.Report;
using TacHost.Bench.Servers;

namespace TacHost.Bench.Measurements;

/// <summary>From exec to the first whole poem, in the foreground, with the tac compiled before.</summary>
internal sealed record StartUp() : Measurement("start", IsChecked: true)
{
    public override IEnumerable<Row> Take(Bench bench)
    {
        ServerKind[] kinds = [.. new[] { bench.Peers.Tachost, bench.Peers.Twistd, bench.Peers.Empty }.Where(kind => kind.IsThere)];
        foreach (var kind in kinds)
            First.Poem(bench, kind, bench.Setup());
        var results = Bench.InTurn<First>(bench.Options.Of(3, 15, 60), [.. kinds.Select<ServerKind, Func<First>>(kind => () => First.Poem(bench, kind, bench.Setup()))]);
        yield return new Row(
            "start to the first whole poem, tac compiled before", "ms", [.. kinds.Select((kind, i) => new Series(kind.Name, [.. results[i].Select(first => first.Time.TotalMilliseconds)]))],
            new Goal("tachost", "twistd", 0.22), new Goal("tachost", "empty .NET program", 1.6));
        yield return new Row("… processor time of that", "ms", [.. kinds.Select((kind, i) => new Series(kind.Name, [.. results[i].Select(first => first.CpuTime.TotalMilliseconds)]))]);
    }
}

/// <summary>The same with a tac that uses NuGet packages, from its lock file.</summary>
internal sealed record PackagedStart() : Measurement("packages")
{
    public override IEnumerable<Row> Take(Bench bench)
    {
        ServerKind[] kinds = [bench.Peers.Tachost, bench.Peers.TachostPackages];
        foreach (var kind in kinds)
            First.Poem(bench, kind, bench.Setup());
        var results = Bench.InTurn<First>(bench.Options.Of(3, 25, 60), [.. kinds.Select<ServerKind, Func<First>>(kind => () => First.Poem(bench, kind, bench.Setup()))]);
        yield return new Row(
            "start to the first whole poem with three packages from the lock file", "ms", [.. kinds.Select((kind, i) => new Series(kind.Name, [.. results[i].Select(first => first.Time.TotalMilliseconds)]))],
            new Goal(kinds[1].Name, kinds[0].Name, 1.1));
        yield return new Row("… processor time of that", "ms", [.. kinds.Select((kind, i) => new Series(kind.Name, [.. results[i].Select(first => first.CpuTime.TotalMilliseconds)]))]);
    }
}

/// <summary>The same with a tac that was never compiled before.</summary>
internal sealed record ColdStart() : Measurement("cold start", IsChecked: true)
{
    public override IEnumerable<Row> Take(Bench bench)
    {
        var results = Bench.InTurn<double>(bench.Options.Of(1, 7, 25),
        [
            () => Start(bench, bench.Peers.Tachost, bench.Setup() is var setup ? setup with { Environment = NoCache(setup) } : setup),
            .. bench.Peers.Twistd.IsThere ? new Func<double>[] { () => Start(bench, bench.Peers.Twistd, bench.Setup()) } : [],
        ]);
        yield return new Row("start to the first whole poem, tac never compiled before", "ms", [.. results.Select((samples, i) => new Series(i == 0 ? "tachost" : "twistd", samples))], new Goal("tachost", "twistd", 0.6));
    }

    /// <summary>An environment in which nothing has been compiled yet.</summary>
    public static Dictionary<string, string> NoCache(ServerSetup setup) => new() { ["TACHOST_CACHE"] = setup.InDirectory("cache") };

    private static double Start(Bench bench, ServerKind kind, ServerSetup setup) => First.Poem(bench, kind, setup).Time.TotalMilliseconds;
}

/// <summary>Until the prompt is back and the poem has been fetched.</summary>
internal sealed record DetachedStart() : Measurement("detached start")
{
    public override IEnumerable<Row> Take(Bench bench)
    {
        ServerKind[] kinds = [.. new[] { bench.Peers.Tachost, bench.Peers.Twistd }.Where(kind => kind.IsThere)];
        var results = Bench.InTurn<double>(bench.Options.Of(1, 11, 40), [.. kinds.Select<ServerKind, Func<double>>(kind => () => Start(bench, kind))]);
        yield return new Row("start into the background, until the prompt is back and the poem fetched", "ms", [.. kinds.Select((kind, i) => new Series(kind.Name, results[i]))], new Goal("tachost", "twistd", 0.33));
    }

    private static double Start(Bench bench, ServerKind kind)
    {
        var setup = bench.Setup();
        var began = Stopwatch.GetTimestamp();
        using var server = kind.StartDetached(setup).WaitForPoem(bench.Poem);
        return Stopwatch.GetElapsedTime(began).TotalMilliseconds;
    }
}

/// <summary>A start up to the first whole poem.</summary>
/// <param name="Time">How long it took.</param>
/// <param name="CpuTime">How much of the processors' time.</param>
internal sealed record First(TimeSpan Time, TimeSpan CpuTime)
{
    public static First Poem(Bench bench, ServerKind kind, ServerSetup setup)
    {
        var began = Stopwatch.GetTimestamp();
        using var server = kind.Start(setup).WaitForPoem(bench.Poem);
        var time = Stopwatch.GetElapsedTime(began);
        return new First(time, ProcessFigures.CpuTime(server.Id));
    }
}
