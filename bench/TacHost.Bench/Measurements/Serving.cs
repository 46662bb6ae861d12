using TacHost.Bench.Load;
using TacHost.Bench.Report;
using TacHost.Bench.Servers;

namespace TacHost.Bench.Measurements;

/// <summary>Poems to 64 clients as fast as it goes: what each takes of the processor, how many there are a second, how long they take.</summary>
internal sealed record Serving() : Measurement("serving", IsChecked: true)
{
    public override IEnumerable<Row> Take(Bench bench)
    {
        var peers = bench.Peers;
        ServerKind[] kinds = [.. new[] { peers.Tachost, peers.TachostQuiet, peers.C, peers.NginxStream, peers.NginxBuffered, peers.Twistd }.Where(kind => kind.IsThere)];
        var servers = new List<RunningServer>();
        try
        {
            foreach (var kind in kinds)
                servers.Add(kind.Start(bench.Setup() with { Core = Bench.ServerCore }).WaitForPoem(bench.Poem));
            foreach (var server in servers)
                Load(bench, server, bench.Options.Of(2_000, 40_000, 100_000));
            var poems = bench.Options.Of(3_000, 40_000, 100_000);
            var results = Bench.InTurn<(double Cpu, LoadResult Load)>(bench.Options.Of(2, 7, 15), [.. servers.Select<RunningServer, Func<(double, LoadResult)>>(server => () => Measure(bench, server, poems))]);
            Series[] Each(Func<(double Cpu, LoadResult Load), double> figure) => [.. servers.Select((server, i) => new Series(server.Name, [.. results[i].Select(figure)]))];

            yield return new Row(
                "processor time of the server for a poem, 64 clients", "µs", Each(result => result.Cpu),
                new Goal("tachost", peers.C.Name, 1.25), new Goal("tachost", peers.NginxStream.Name, 1), new Goal("tachost, no log line", peers.C.Name, 1.25));
            yield return new Row("poems a second, server and load on a core each", "1/s", Each(result => result.Load.PerSecond), new Goal("tachost", peers.C.Name, 0.95) { IsAtLeast = true });
            yield return new Row("latency under that load, p99", "µs", Each(result => result.Load.Percentile(0.99)), new Goal("tachost", peers.NginxStream.Name, 1.5) { IsChecked = false });
            yield return new Row("latency under that load, p99.9", "µs", Each(result => result.Load.Percentile(0.999)), new Goal("tachost", peers.NginxStream.Name, 1.5) { IsChecked = false });
        }
        finally
        {
            servers.ForEach(server => server.Dispose());
        }
    }

    private static LoadResult Load(Bench bench, RunningServer server, int poems) => new PoemLoad(server.Port, bench.Poem) { Core = Bench.LoadCore, Poems = poems }.Run();

    private static (double Cpu, LoadResult Load) Measure(Bench bench, RunningServer server, int poems)
    {
        var before = ProcessFigures.CpuTime(server.Id);
        var load = Load(bench, server, poems);
        return ((ProcessFigures.CpuTime(server.Id) - before).TotalMicroseconds / load.Poems, load);
    }
}

/// <summary>Poems at an even pace, half as fast as the slower of the two could. In many rounds: a pause of the machine fills the slowest hundredth of a round by itself.</summary>
internal sealed record HalfLoad() : Measurement("half load")
{
    public override IEnumerable<Row> Take(Bench bench)
    {
        ServerKind[] kinds = [.. new[] { bench.Peers.Tachost, bench.Peers.NginxStream }.Where(kind => kind.IsThere)];
        var servers = new List<RunningServer>();
        try
        {
            foreach (var kind in kinds)
                servers.Add(kind.Start(bench.Setup() with { Core = Bench.ServerCore }).WaitForPoem(bench.Poem));
            var full = servers.Min(server => new PoemLoad(server.Port, bench.Poem) { Core = Bench.LoadCore, Poems = bench.Options.Of(5_000, 60_000, 100_000) }.Run().PerSecond);
            var load = new PoemLoad(0, bench.Poem) { Core = Bench.LoadCore, PerSecond = full / 2, AtMost = TimeSpan.FromSeconds(0.4) };
            var results = Bench.InTurn<LoadResult>(bench.Options.Of(1, 41, 101), [.. servers.Select<RunningServer, Func<LoadResult>>(server => () => (load with { Port = server.Port }).Run())]);
            foreach (var (name, part) in new[] { ("p50", 0.5), ("p99", 0.99), ("p99.9", 0.999) })
            {
                yield return new Row(
                    $"latency at {full / 2:0} poems a second, {name}", "µs", [.. servers.Select((server, i) => new Series(server.Name, [.. results[i].Select(result => result.Percentile(part))]))],
                    [.. part > 0.5 ? new[] { new Goal("tachost", bench.Peers.NginxStream.Name, 1.5) { IsChecked = false } } : []]);
            }
        }
        finally
        {
            servers.ForEach(server => server.Dispose());
        }
    }
}
