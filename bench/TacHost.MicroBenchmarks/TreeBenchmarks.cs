using BenchmarkDotNet.Attributes;
using TacHost.Services;

namespace TacHost.MicroBenchmarks;

/// <summary>A tree of services that do nothing: built, started, stopped.</summary>
public class TreeBenchmarks
{
    [Params(10, 1_000)]
    public int Services { get; set; }

    [Benchmark]
    public async Task BuildStartAndStop()
    {
        var application = new Application("tree");
        for (var i = 0; i < Services; i++)
            new Nothing().SetServiceParent(application);
        await application.StartAsync(CancellationToken.None);
        await application.StopAsync(CancellationToken.None);
    }

    private sealed class Nothing : Service;
}
