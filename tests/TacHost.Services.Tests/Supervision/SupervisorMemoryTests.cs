using TacHost.Services.Supervision;

namespace TacHost.Services.Tests.Supervision;

[Collection<AloneCollection>]
public sealed class SupervisorMemoryTests
{
    private static readonly Backoff _atOnce = new() { InitialDelay = TimeSpan.Zero, Jitter = () => TimeSpan.Zero };

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task RestartStorm_DoesNotGrowMemory()
    {
        const int Rounds = 5_000;
        Supervisor supervisor = new(RestartStrategy.OneForAll, maxRestarts: 1_000_000) { Backoff = _atOnce };
        Worker worker = new("a"), beside = new("b");
        worker.SetServiceParent(supervisor);
        supervisor.AddService(() => new Renewed());
        beside.SetServiceParent(supervisor);
        await supervisor.StartAsync(Token);
        await StormAsync(Rounds);
        var before = GC.GetTotalMemory(forceFullCollection: true);
        await StormAsync(Rounds);
        var after = GC.GetTotalMemory(forceFullCollection: true);

        // Each restart is counted by a timestamp in the window, 8 bytes, in a queue that doubles; nothing else may be left of 15,000 starts.
        Assert.InRange(after - before, long.MinValue, (Rounds * 40) + 500_000);
        await supervisor.StopAsync(Token);

        async Task StormAsync(int rounds)
        {
            for (var i = 0; i < rounds; i++)
            {
                var starts = worker.Starts;
                worker.FailNow();
                if (!SpinWait.SpinUntil(() => beside.Starts == starts + 1 && beside.Running, Bounded.Patience))
                    Assert.Fail("no restart");
                await supervisor.Exits.Quiet.Soon();
            }
        }
    }

    private sealed class Renewed : Service
    {
        private readonly byte[] _content = new byte[1_000];

        protected override Task OnStartAsync(CancellationToken cancellationToken) => Task.FromResult(_content);
    }
}
