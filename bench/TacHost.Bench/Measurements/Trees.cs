using System.Diagnostics;
using TacHost.Bench.Report;
using TacHost.Services;

namespace TacHost.Bench.Measurements;

/// <summary>What a service costs that does nothing: to be built, started and stopped, in trees of different sizes.</summary>
internal sealed record Trees() : Measurement("trees", IsChecked: true)
{
    private static readonly int[] _sizes = [10, 1_000, 100_000];

    public override IEnumerable<Row> Take(Bench bench)
    {
        var rounds = bench.Options.Of(2, 9, 25);
        for (var round = 0; round < 30; round++)
            _ = Measure(1_000);
        var results = Bench.InTurn<(double Microseconds, double Bytes)>(rounds, [.. _sizes.Select<int, Func<(double, double)>>(size => () => Measure(size))]);
        yield return new Row(
            "a service of a tree: build, start, stop", "µs", [.. _sizes.Select((size, i) => new Series($"{size:#,0} services", [.. results[i].Select(result => result.Microseconds)]))],
            [.. _sizes.Select(size => new Goal($"{size:#,0} services", null, 3)), new Goal("100,000 services", "1,000 services", 2)]);
        yield return new Row(
            "a service of a tree: memory it holds while it runs", "bytes", [.. _sizes.Select((size, i) => new Series($"{size:#,0} services", [.. results[i].Select(result => result.Bytes)]))],
            [.. _sizes.Skip(1).Select(size => new Goal($"{size:#,0} services", null, 600))]);
    }

    private static (double Microseconds, double Bytes) Measure(int size)
    {
        // A small tree is done many times over, so that the clock has something to measure.
        var times = Math.Max(1, 1_000 / size);
        var application = new Application("tree");
        var before = GC.GetTotalMemory(forceFullCollection: true);
        var began = Stopwatch.GetTimestamp();
        for (var i = 0; i < times; i++)
            application = Start(size);
        var time = Stopwatch.GetElapsedTime(began);
        var bytes = (GC.GetTotalMemory(forceFullCollection: true) - before) / (double)size;
        began = Stopwatch.GetTimestamp();
        for (var i = 0; i < times; i++)
        {
            application.StopAsync(CancellationToken.None).GetAwaiter().GetResult();
            if (i + 1 < times)
                application.StartAsync(CancellationToken.None).GetAwaiter().GetResult();
        }

        time += Stopwatch.GetElapsedTime(began);
        return (time.TotalMicroseconds / size / times, bytes);
    }

    private static Application Start(int size)
    {
        var application = new Application("tree");
        for (var i = 0; i < size; i++)
            new NoService().SetServiceParent(application);
        application.StartAsync(CancellationToken.None).GetAwaiter().GetResult();
        return application;
    }

    private sealed class NoService : Service;
}
