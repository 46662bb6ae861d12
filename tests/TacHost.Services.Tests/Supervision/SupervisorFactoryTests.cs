using Microsoft.Extensions.Hosting;
using TacHost.Services.Supervision;

namespace TacHost.Services.Tests.Supervision;

public sealed class SupervisorFactoryTests
{
    private static readonly Backoff _atOnce = new() { InitialDelay = TimeSpan.Zero, Jitter = () => TimeSpan.Zero };

    [Fact]
    public async Task Factory_AtEachRestart_MakesAFreshInstanceAtTheSamePlace()
    {
        List<Crashing> made = [];
        Supervisor supervisor = new(maxRestarts: 100) { Backoff = _atOnce };
        new Worker("before").SetServiceParent(supervisor);
        supervisor.AddService(() =>
        {
            Crashing crashing = new(crashes: made.Count < 3);
            made.Add(crashing);
            return crashing;
        });
        new Worker("after").SetServiceParent(supervisor);
        var first = supervisor.ElementAt(1);
        await using var run = await RunningService.StartAsync(supervisor);

        Assert.True(SpinWait.SpinUntil(() => supervisor.ElementAt(1) is { Restarts: 3, Running: true }, Bounded.Patience));
        await supervisor.Exits.Quiet.Soon();
        var present = supervisor.ElementAt(1);
        Assert.Equal((4, "test/Supervisor/Crashing", "crash"), (made.Count, present.ServicePath, present.LastFailure?.Message));
        Assert.Same(present, supervisor.GetServiceNamed("Crashing"));
        Assert.Null(first.Parent);
        Assert.Equal([1, 1, 1, 0], made.Select(each => each.Disposals));
        Assert.Equal(3, supervisor.Count());
    }

    [Fact]
    public async Task Factory_ThatThrowsAtARestart_IsAFailureLikeAnyOther()
    {
        var calls = 0;
        Supervisor supervisor = new(maxRestarts: 3) { Backoff = _atOnce };
        supervisor.AddService(() => ++calls == 1 ? new Crashing(crashes: true) : throw new InvalidTimeZoneException("factory"), RestartPolicy.Transient, "crashing");
        Application application = new("top");
        supervisor.SetServiceParent(application);
        await application.StartAsync(TestContext.Current.CancellationToken);

        var failure = await Assert.ThrowsAsync<ServiceFailedException>(() => application.Failed.Soon());
        Assert.EndsWith("'top/Supervisor/crashing' has ended again: factory", failure.Message, StringComparison.Ordinal);
        Assert.Equal(4, calls);
        await application.StopAsync(TestContext.Current.CancellationToken).Soon();
    }

    [Fact]
    public void Factory_ReturningNullOrAServiceOfATree_IsRefused()
    {
        Worker taken = new("taken");
        taken.SetServiceParent(new Application("top"));
        Assert.Contains("null", Assert.Throws<InvalidOperationException>(() => new Supervisor().AddService(() => null!)).Message, StringComparison.Ordinal);
        Assert.Contains("'top/taken'", Assert.Throws<InvalidOperationException>(() => new Supervisor().AddService(() => taken)).Message, StringComparison.Ordinal);
    }

    private sealed class Crashing(bool crashes) : BackgroundService
    {
        public int Disposals { get; private set; }

        public override void Dispose()
        {
            Disposals++;
            base.Dispose();
        }

        protected override Task ExecuteAsync(CancellationToken stoppingToken) =>
            crashes ? throw new InvalidTimeZoneException("crash") : Task.Delay(Timeout.Infinite, stoppingToken);
    }
}
