using Microsoft.Extensions.Time.Testing;
using TacHost.Services.Supervision;

namespace TacHost.Services.Tests.Supervision;

public sealed class SupervisorLimitsTests
{
    private static readonly Backoff _atOnce = new() { InitialDelay = TimeSpan.Zero, Jitter = () => TimeSpan.Zero };

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(3)]
    public async Task Intensity_Reached_FailsTheSupervisorAndTheApplication(int maxRestarts)
    {
        Application application = new("top");
        Supervisor supervisor = new(maxRestarts: maxRestarts) { Backoff = _atOnce };
        supervisor.SetServiceParent(application);
        Worker worker = new("a") { WhenStarting = null };
        worker.SetServiceParent(supervisor);
        await application.StartAsync(Token);
        for (var i = 1; i <= maxRestarts; i++)
        {
            worker.FailNow();
            var starts = i + 1;
            await SupervisorTests.Settled(supervisor, [worker], () => worker is { Running: true } && worker.Starts == starts);
        }

        worker.FailNow("last");
        var failure = await Assert.ThrowsAsync<ServiceFailedException>(() => application.Failed.Soon());
        Assert.Equal($"The service 'top/Supervisor' has failed: 'top/Supervisor' has restarted its services {maxRestarts} times within 60 s, and 'top/Supervisor/a' has ended again: last", failure.Message);
        Assert.IsType<RestartLimitException>(failure.InnerException);
        await application.StopAsync(Token).Soon();
        Assert.Equal((maxRestarts + 1, maxRestarts + 1), (worker.Starts, worker.Stops));
    }

    [Fact]
    public async Task Intensity_CountsOnlyTheRestartsOfTheTime()
    {
        FakeTimeProvider clock = new();
        Supervisor supervisor = new(maxRestarts: 2, within: TimeSpan.FromSeconds(10)) { Backoff = _atOnce, TimeProvider = clock };
        Worker worker = new("a");
        worker.SetServiceParent(supervisor);
        await using var run = await RunningService.StartAsync(supervisor);

        for (var i = 1; i <= 20; i++)
        {
            worker.FailNow();
            var starts = i + 1;
            await SupervisorTests.Settled(supervisor, [worker], () => worker is { Running: true } && worker.Starts == starts);
            clock.Advance(TimeSpan.FromSeconds(5));
        }

        Assert.Equal(20, worker.Restarts);
        clock.Advance(TimeSpan.FromSeconds(-0));
        worker.FailNow();
        await SupervisorTests.Settled(supervisor, [worker], () => worker.Starts == 22 && worker.Running);
        worker.FailNow();
        Assert.True(SpinWait.SpinUntil(() => supervisor.State == ServiceState.Failed, Bounded.Patience));
    }

    [Fact]
    public async Task Escalation_IsRestartedByTheSupervisorAbove_AndReachesTheTopWhenThatIsExhausted()
    {
        Application application = new("top");
        Supervisor outer = new(maxRestarts: 2) { Backoff = _atOnce }, inner = new(RestartStrategy.OneForAll, maxRestarts: 1) { Backoff = _atOnce };
        outer.SetName("outer");
        inner.SetName("inner");
        outer.SetServiceParent(application);
        inner.SetServiceParent(outer);
        Worker worker = new("a"), beside = new("b");
        worker.SetServiceParent(inner);
        beside.SetServiceParent(inner);
        await application.StartAsync(Token);

        // Two failures are one restart and one escalation; the third escalation is one too many.
        for (var failures = 1; failures <= 5; failures++)
        {
            worker.FailNow();
            var starts = failures + 1;
            await SupervisorTests.Settled(outer, [worker, beside], () => worker.Starts == starts && worker.Running && beside.Starts == starts && beside.Running && inner.Running);
            Assert.Equal(failures / 2, inner.Restarts);
        }

        worker.FailNow("last");
        var failure = await Assert.ThrowsAsync<ServiceFailedException>(() => application.Failed.Soon());
        Assert.Equal("top/outer", failure.ServicePath);
        Assert.Contains("last", failure.Message, StringComparison.Ordinal);
        await application.StopAsync(Token).Soon();
        Assert.Equal((6, 6, 6, 6), (worker.Starts, worker.Stops, beside.Starts, beside.Stops));
    }

    [Fact]
    public async Task Backoff_GrowsWithShortRuns_AndStartsAfreshAfterALongOne()
    {
        FakeTimeProvider clock = new();
        Supervisor supervisor = new(maxRestarts: int.MaxValue)
        {
            TimeProvider = clock,
            Backoff = new Backoff { InitialDelay = TimeSpan.FromSeconds(1), Factor = 2, MaxDelay = TimeSpan.FromSeconds(7), Jitter = () => TimeSpan.Zero, ResetAfter = TimeSpan.FromSeconds(100) },
        };
        Worker worker = new("a");
        worker.SetServiceParent(supervisor);
        await using var run = await RunningService.StartAsync(supervisor);

        List<double> delays = [];
        foreach (var runTime in new[] { 0, 0, 0, 99, 100, 0 })
        {
            clock.Advance(TimeSpan.FromSeconds(runTime));
            var starts = worker.Starts;
            worker.FailNow();
            SpinWait.SpinUntil(() => worker.NextTry is not null || worker.Starts > starts, Bounded.Patience);
            await supervisor.Exits.Quiet.Soon();
            delays.Add(worker.NextTry is { } next ? (next - clock.GetUtcNow()).TotalSeconds : 0);
            Assert.Equal(delays[^1] == 0, worker.Running);
            clock.Advance(TimeSpan.FromSeconds(delays[^1]));
            await SupervisorTests.Settled(supervisor, [worker], () => worker.Running && worker.Starts == starts + 1 && worker.NextTry is null);
        }

        Assert.Equal([2, 4, 7, 7, 0, 2], delays);
        Assert.Equal("boom", worker.LastFailure?.Message);
    }

    [Fact]
    public async Task Backoff_OfOneChild_DoesNotDelayTheOthers()
    {
        Supervisor supervisor = new(maxRestarts: int.MaxValue) { Backoff = new Backoff { InitialDelay = TimeSpan.FromDays(40), MaxDelay = TimeSpan.FromDays(40) }, Decider = e => e.Message == "boom" ? Directive.Restart : Directive.Stop };
        Worker waiting = new("a"), other = new("b");
        waiting.SetServiceParent(supervisor);
        other.SetServiceParent(supervisor);
        await using var run = await RunningService.StartAsync(supervisor);
        waiting.FailNow();
        other.FailNow("stop");
        await SupervisorTests.Settled(supervisor, [waiting, other], () => waiting.NextTry is not null && other.State == ServiceState.Stopped);
        Assert.Equal(ServiceState.Stopped, waiting.State);
    }

    [Theory]
    [InlineData(RestartStrategy.OneForOne)]
    [InlineData(RestartStrategy.OneForAll)]
    [InlineData(RestartStrategy.RestForOne)]
    public async Task Stop_InTheMiddleOfARestart_WinsAtOnce(RestartStrategy strategy)
    {
        Application application = new("top");
        Supervisor supervisor = new(strategy) { Backoff = _atOnce };
        Gate gate = new();
        Worker worker = new("a"), after = new("b");
        supervisor.SetServiceParent(application);
        worker.SetServiceParent(supervisor);
        after.SetServiceParent(supervisor);
        await application.StartAsync(Token);
        worker.WhenStarting = gate.PassAsync;
        worker.FailNow();
        await gate.Reached.Soon();

        await application.StopAsync(Token).Soon();
        Assert.All([worker, after], each => Assert.Equal(each.Starts, each.Stops));
        Assert.All([worker, after], each => Assert.True(each.State is ServiceState.Stopped or ServiceState.Failed));
        gate.Release();
        await supervisor.Exits.Quiet.Soon();
        Assert.Equal((2, 2), (worker.Starts, worker.Stops));
        Assert.Null(worker.NextTry);
    }

    [Fact]
    public async Task FirstStart_Failing_FailsTheStartOfTheTree()
    {
        Supervisor supervisor = new() { Backoff = _atOnce };
        Worker before = new("a"), worker = new("b");
        before.SetServiceParent(supervisor);
        worker.SetServiceParent(supervisor);
        worker.FailStarts(1);
        var failure = await Assert.ThrowsAsync<InvalidTimeZoneException>(() => supervisor.StartAsync(Token).Soon());
        Assert.Equal("no start", failure.Message);
        Assert.Equal((1, 1, 1, 1), (before.Starts, before.Stops, worker.Starts, worker.Stops));
    }

    [Fact]
    public async Task FirstStart_FailingWithRetryFirstStart_IsTriedAgain()
    {
        Supervisor supervisor = new() { Backoff = _atOnce, RetryFirstStart = true };
        Worker worker = new("a"), after = new("b");
        worker.SetServiceParent(supervisor);
        after.SetServiceParent(supervisor);
        worker.FailStarts(3);
        await using var run = await RunningService.StartAsync(supervisor);
        await SupervisorTests.Settled(supervisor, [worker, after], () => worker is { Running: true, Starts: 4, Stops: 3 } && after is { Running: true, Starts: 1 });
    }

    [Fact]
    public async Task StuckStop_OfAChild_FailsTheSupervisor()
    {
        Supervisor supervisor = new() { Backoff = _atOnce, StopTimeout = TimeSpan.FromMilliseconds(1) };
        TaskCompletionSource stuck = new();
        Worker worker = new("a") { WhenStopping = _ => stuck.Task };
        worker.SetServiceParent(supervisor);
        Application application = new("top");
        supervisor.SetServiceParent(application);
        await application.StartAsync(Token);
        worker.FailNow();
        Assert.Contains("'top/Supervisor/a' cannot be restarted, because it did not stop", (await Assert.ThrowsAsync<ServiceFailedException>(() => application.Failed.Soon())).Message, StringComparison.Ordinal);
        stuck.SetResult();
        await application.StopAsync(Token).Soon();
    }

    [Fact]
    public async Task TenThousandChildren_AllFailing_AllRunAgain()
    {
        Supervisor supervisor = new(maxRestarts: int.MaxValue) { Backoff = _atOnce };
        var workers = Enumerable.Range(0, 10_000).Select(_ => new Worker()).ToArray();
        foreach (var worker in workers)
            worker.SetServiceParent(supervisor);
        await using var run = await RunningService.StartAsync(supervisor);
        Parallel.ForEach(workers, worker => worker.FailNow());
        Assert.True(SpinWait.SpinUntil(() => workers.All(worker => worker is { Starts: 2, Running: true }), Bounded.Patience));
        await run.StopAsync();
        Assert.All(workers, worker => Assert.Equal((2, 2), (worker.Starts, worker.Stops)));
    }
}
