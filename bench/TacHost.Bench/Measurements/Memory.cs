using TacHost.Bench.Load;
using TacHost.Bench.Report;
using TacHost.Bench.Servers;

namespace TacHost.Bench.Measurements;

/// <summary>Resident memory of a daemon that has served one poem.</summary>
internal sealed record IdleMemory() : Measurement("idle memory", IsChecked: true)
{
    private const double MegaByte = 1e6;

    public override IEnumerable<Row> Take(Bench bench)
    {
        var ways = new List<(string Name, Func<(double Resident, double Own)> Measure)>
        {
            ("tachost", () => Idle(bench, bench.Peers.Tachost, bench.Setup())),
            ("tachost after a cold start", () => bench.Setup() is var setup ? Idle(bench, bench.Peers.Tachost, setup with { Environment = ColdStart.NoCache(setup) }) : default),
            ("empty .NET program", () => Idle(bench, bench.Peers.Empty, bench.Setup(), detached: false)),
        };
        if (bench.Peers.Twistd.IsThere)
            ways.Add(("twistd", () => Idle(bench, bench.Peers.Twistd, bench.Setup())));
        var results = Bench.InTurn<(double Resident, double Own)>(bench.Options.Of(1, 3, 7), [.. ways.Select(way => way.Measure)]);
        yield return new Row("resident memory of an idle daemon", "MB", [.. ways.Select((way, i) => new Series(way.Name, [.. results[i].Select(result => result.Resident)]))]);
        yield return new Row(
            "… of that its own, and no file's that other processes map too", "MB", [.. ways.Select((way, i) => new Series(way.Name, [.. results[i].Select(result => result.Own)]))],
            new Goal("tachost", "twistd", 0.25), new Goal("tachost after a cold start", "tachost", 1.02));
    }

    private static (double Resident, double Own) Idle(Bench bench, ServerKind kind, ServerSetup setup, bool detached = true)
    {
        using var server = (detached ? kind.StartDetached(setup) : kind.Start(setup)).WaitForPoem(bench.Poem);
        return (server.SettledMemory() / MegaByte, ProcessFigures.Anonymous(server.Id) / MegaByte);
    }
}

/// <summary>Whether memory grows with what was served.</summary>
internal sealed record MemoryAfterPoems() : Measurement("memory after a million poems")
{
    private const double MegaByte = 1e6;

    public override IEnumerable<Row> Take(Bench bench)
    {
        var poems = bench.Options.Of(5_000, 1_000_000, 1_000_000);
        using var server = bench.Peers.Tachost.StartDetached(bench.Setup()).WaitForPoem(bench.Poem);
        var idle = server.SettledMemory() / MegaByte;
        var load = new PoemLoad(server.Port, bench.Poem) { Poems = poems, AtMost = TimeSpan.FromSeconds(300) }.Run();
        var after = server.SettledMemory() / MegaByte;
        yield return new Row($"resident memory after {load.Poems:#,0} poems", "MB", [new Series("after", [after]), new Series("idle before", [idle])], new Goal("after", "idle before", 1.2));
    }
}

/// <summary>What 10,000 connections take on which nothing happens: memory, and threads that each does not have.</summary>
internal sealed record IdleConnections() : Measurement("idle connections")
{
    private const int Connections = 10_000;
    private const int FirstOnes = 100;
    private const int Burst = 20;
    private const double KiloByte = 1e3;

    public override IEnumerable<Row> Take(Bench bench)
    {
        ServerKind[] kinds = [.. new[] { bench.Peers.TachostIdle, bench.Peers.TwistdIdle }.Where(kind => kind.IsThere)];
        var threads = kinds.ToDictionary(kind => kind, _ => new List<double>());
        var results = Bench.InTurn<double>(bench.Options.Of(1, 3, 5), [.. kinds.Select<ServerKind, Func<double>>(kind => () => Measure(bench, kind, threads[kind]))]);
        yield return new Row($"resident memory of each of {Connections:#,0} idle connections", "kB", [.. kinds.Select((kind, i) => new Series(kind.Name, results[i]))], new Goal("tachost", "twistd", 0.5));
        yield return new Row($"threads with {Connections:#,0} idle connections", "threads", [.. kinds.Select(kind => new Series(kind.Name, threads[kind]))]);
    }

    private static double Measure(Bench bench, ServerKind kind, List<double> threads)
    {
        using var server = kind.Start(bench.Setup());
        var connections = new List<Connection>();
        try
        {
            // The first ones are not counted: they bring the code into memory, and .NET compiles it again once it is used often.
            for (var attempt = 0; attempt < 6000 && connections.Count == 0; attempt++)
            {
                if (Connection.TryOpen(server.Port) is { } first)
                    connections.Add(first);
                else
                    Thread.Sleep(10);
            }

            for (var round = 1; round <= 3; round++)
            {
                Open(server, connections, round * FirstOnes);
                server.SettledMemory();
            }

            var before = server.SettledMemory();
            Open(server, connections, connections.Count + Connections);
            var after = server.SettledMemory();
            threads.Add(ProcessFigures.Threads(server.Id));
            return (after - before) / Connections / KiloByte;
        }
        finally
        {
            connections.ForEach(connection => connection.Dispose());
        }
    }

    /// <summary>Opens more, until there are so many.</summary>
    private static void Open(RunningServer server, List<Connection> connections, int count)
    {
        while (connections.Count < count)
        {
            // A server whose queue is full is asked again after a second, by each connection that found it so.
            if (connections.Count % Burst == 0)
                Thread.Sleep(1);
            connections.Add(Connection.TryOpen(server.Port) ?? throw new InvalidOperationException($"{server.Name} takes no more than {connections.Count} connections, or there are no more descriptors (ulimit -n)."));
        }
    }
}
