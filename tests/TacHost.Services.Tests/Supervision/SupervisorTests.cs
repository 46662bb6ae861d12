using TacHost.Services.Supervision;
using static TacHost.Services.Supervision.RestartPolicy;
using static TacHost.Services.Supervision.RestartStrategy;

namespace TacHost.Services.Tests.Supervision;

public sealed class SupervisorTests
{
    private static readonly Backoff _atOnce = new() { InitialDelay = TimeSpan.Zero, Jitter = () => TimeSpan.Zero };

    public enum Ending
    {
        BodyReturns,
        BodyThrows,
        Fails,
        FailsAndDoesNotStart,
        IsStopped,
    }

    /// <summary>
    /// How a child ends, its policy, the strategy; then, of the four children a (before it), b (itself), c (after it) and t (after it, temporary),
    /// how often each has been started in the end, and which of them run. Erlang/OTP's supervisor_SUITE.
    /// </summary>
    public static TheoryData<Ending, RestartPolicy, RestartStrategy, string, string> Matrix { get; } = new()
    {
        { Ending.BodyReturns, Permanent, OneForOne, "a1 b2 c1 t1", "abct" },
        { Ending.BodyReturns, Permanent, OneForAll, "a2 b2 c2 t1", "abc" },
        { Ending.BodyReturns, Permanent, RestForOne, "a1 b2 c2 t1", "abc" },
        { Ending.BodyReturns, Transient, OneForOne, "a1 b1 c1 t1", "act" },
        { Ending.BodyReturns, Transient, OneForAll, "a1 b1 c1 t1", "act" },
        { Ending.BodyReturns, Transient, RestForOne, "a1 b1 c1 t1", "act" },
        { Ending.BodyReturns, Temporary, OneForOne, "a1 b1 c1 t1", "act" },
        { Ending.BodyReturns, Temporary, OneForAll, "a1 b1 c1 t1", "act" },
        { Ending.BodyReturns, Temporary, RestForOne, "a1 b1 c1 t1", "act" },

        { Ending.BodyThrows, Permanent, OneForOne, "a1 b2 c1 t1", "abct" },
        { Ending.BodyThrows, Permanent, OneForAll, "a2 b2 c2 t1", "abc" },
        { Ending.BodyThrows, Permanent, RestForOne, "a1 b2 c2 t1", "abc" },
        { Ending.BodyThrows, Transient, OneForOne, "a1 b2 c1 t1", "abct" },
        { Ending.BodyThrows, Transient, OneForAll, "a2 b2 c2 t1", "abc" },
        { Ending.BodyThrows, Transient, RestForOne, "a1 b2 c2 t1", "abc" },
        { Ending.BodyThrows, Temporary, OneForOne, "a1 b1 c1 t1", "act" },
        { Ending.BodyThrows, Temporary, OneForAll, "a1 b1 c1 t1", "act" },
        { Ending.BodyThrows, Temporary, RestForOne, "a1 b1 c1 t1", "act" },

        { Ending.Fails, Permanent, OneForOne, "a1 b2 c1 t1", "abct" },
        { Ending.Fails, Permanent, OneForAll, "a2 b2 c2 t1", "abc" },
        { Ending.Fails, Permanent, RestForOne, "a1 b2 c2 t1", "abc" },
        { Ending.Fails, Transient, OneForOne, "a1 b2 c1 t1", "abct" },
        { Ending.Fails, Transient, OneForAll, "a2 b2 c2 t1", "abc" },
        { Ending.Fails, Transient, RestForOne, "a1 b2 c2 t1", "abc" },
        { Ending.Fails, Temporary, OneForOne, "a1 b1 c1 t1", "act" },
        { Ending.Fails, Temporary, OneForAll, "a1 b1 c1 t1", "act" },
        { Ending.Fails, Temporary, RestForOne, "a1 b1 c1 t1", "act" },

        { Ending.FailsAndDoesNotStart, Permanent, OneForOne, "a1 b3 c1 t1", "abct" },
        { Ending.FailsAndDoesNotStart, Permanent, OneForAll, "a3 b3 c2 t1", "abc" },
        { Ending.FailsAndDoesNotStart, Permanent, RestForOne, "a1 b3 c2 t1", "abc" },
        { Ending.FailsAndDoesNotStart, Transient, OneForOne, "a1 b3 c1 t1", "abct" },
        { Ending.FailsAndDoesNotStart, Transient, OneForAll, "a3 b3 c2 t1", "abc" },
        { Ending.FailsAndDoesNotStart, Transient, RestForOne, "a1 b3 c2 t1", "abc" },
        { Ending.FailsAndDoesNotStart, Temporary, OneForOne, "a1 b1 c1 t1", "act" },
        { Ending.FailsAndDoesNotStart, Temporary, OneForAll, "a1 b1 c1 t1", "act" },
        { Ending.FailsAndDoesNotStart, Temporary, RestForOne, "a1 b1 c1 t1", "act" },

        { Ending.IsStopped, Permanent, OneForOne, "a1 b1 c1 t1", "act" },
        { Ending.IsStopped, Permanent, OneForAll, "a1 b1 c1 t1", "act" },
        { Ending.IsStopped, Permanent, RestForOne, "a1 b1 c1 t1", "act" },
        { Ending.IsStopped, Transient, OneForOne, "a1 b1 c1 t1", "act" },
        { Ending.IsStopped, Transient, OneForAll, "a1 b1 c1 t1", "act" },
        { Ending.IsStopped, Transient, RestForOne, "a1 b1 c1 t1", "act" },
        { Ending.IsStopped, Temporary, OneForOne, "a1 b1 c1 t1", "act" },
        { Ending.IsStopped, Temporary, OneForAll, "a1 b1 c1 t1", "act" },
        { Ending.IsStopped, Temporary, RestForOne, "a1 b1 c1 t1", "act" },
    };

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [MemberData(nameof(Matrix))]
    public async Task Child_ThatEnds_IsRestartedAsPolicyAndStrategySay(Ending exit, RestartPolicy policy, RestartStrategy strategy, string starts, string running)
    {
        Supervisor supervisor = new(strategy, maxRestarts: 10) { Backoff = _atOnce };
        Worker a = new("a"), b = new("b"), c = new("c"), t = new("t");
        Worker[] all = [a, b, c, t];
        a.SetServiceParent(supervisor);
        supervisor.AddService(b, policy);
        c.SetServiceParent(supervisor);
        supervisor.AddService(t, Temporary);
        await using var run = await RunningService.StartAsync(supervisor);

        if (exit == Ending.FailsAndDoesNotStart)
            b.FailStarts(1);
        await (exit switch
        {
            Ending.BodyReturns => Now(b.ReturnFromBody),
            Ending.BodyThrows => Now(() => b.ThrowFromBody()),
            Ending.IsStopped => b.StopAsync(Token),
            _ => Now(() => b.FailNow()),
        });
        await Settled(supervisor, all, () => Show(all) == (starts, running) && all.All(worker => worker.Running == worker.IsUp));
        Assert.Equal((starts, running), Show(all));
        Assert.All(all, worker => Assert.Equal(worker.Running, worker.IsUp));
        Assert.All(all, worker => Assert.Equal(worker.Starts - 1, worker.Restarts));
        Assert.True(supervisor.Running);
    }

    [Fact]
    public async Task Restart_OneForAll_StopsInReverseAndStartsInOrder()
    {
        Journal journal = new();
        Supervisor supervisor = new(OneForAll) { Backoff = _atOnce };
        Worker[] all = [new("a") { Journal = journal }, new("b") { Journal = journal }, new("c") { Journal = journal }];
        foreach (var worker in all)
            worker.SetServiceParent(supervisor);
        await using var run = await RunningService.StartAsync(supervisor);
        journal.Clear();

        all[1].FailNow();
        await Settled(supervisor, all, () => all.All(worker => worker is { Starts: 2, Running: true }));
        Assert.Equal(["stop c", "stop b", "stop a", "start a", "start b", "start c"], journal.Entries);
    }

    [Fact]
    public async Task Failure_DeepBelow_RestartsTheDirectChild()
    {
        Supervisor supervisor = new() { Backoff = _atOnce };
        MultiService group = new();
        Worker deep = new("deep"), beside = new("beside");
        group.SetServiceParent(supervisor);
        deep.SetServiceParent(group);
        beside.SetServiceParent(group);
        await using var run = await RunningService.StartAsync(supervisor);

        deep.FailNow();
        await Settled(supervisor, [deep, beside], () => deep is { Starts: 2, Running: true } && beside is { Starts: 2, Running: true });
        Assert.Equal((1, 0), (group.Restarts, deep.Restarts));
    }

    [Theory]
    [InlineData(Directive.Restart, true, true)]
    [InlineData(Directive.Stop, false, true)]
    [InlineData(Directive.Escalate, false, false)]
    public async Task Decider_DecidesByTheException(Directive directive, bool childRuns, bool supervisorRuns)
    {
        Supervisor supervisor = new() { Backoff = _atOnce, Decider = e => e is InvalidTimeZoneException { Message: "boom" } ? directive : throw new InvalidOperationException() };
        Worker worker = new("a");
        worker.SetServiceParent(supervisor);
        Application application = new("top");
        supervisor.SetServiceParent(application);
        await application.StartAsync(Token);

        worker.FailNow();
        if (!supervisorRuns)
            Assert.Equal("The service 'top/Supervisor' has failed: The service 'top/Supervisor/a' has failed: boom", (await Assert.ThrowsAsync<ServiceFailedException>(() => application.Failed.Soon())).Message);
        else
            await Settled(supervisor, [worker], () => worker.Running == childRuns && worker.IsUp == childRuns);
        Assert.Equal((childRuns, supervisorRuns), (worker.Running, supervisor.Running));
        await application.StopAsync(Token).Soon();
        Assert.False(worker.IsUp);
    }

    [Fact]
    public async Task Failures_OfSeveralChildren_AreHandledOneAtATimeAndInOrder()
    {
        List<string> seen = [];
        var atOnce = 0;
        Supervisor supervisor = new(maxRestarts: int.MaxValue)
        {
            Backoff = _atOnce,
            Decider = e =>
            {
                Assert.Equal(1, Interlocked.Increment(ref atOnce));
                seen.Add(e.Message);
                Interlocked.Decrement(ref atOnce);
                return Directive.Stop;
            },
        };
        var workers = Enumerable.Range(0, 100).Select(_ => new Worker()).ToArray();
        foreach (var worker in workers)
            worker.SetServiceParent(supervisor);
        await using var run = await RunningService.StartAsync(supervisor);

        for (var i = 0; i < workers.Length; i++)
            workers[i].FailNow($"{i}");
        await Settled(supervisor, workers, () => workers.All(worker => !worker.IsUp));
        Assert.Equal(Enumerable.Range(0, 100).Select(i => $"{i}"), seen);
    }

    [Fact]
    public async Task RemovedChild_ThatWaitsForItsRestart_IsNotStarted()
    {
        Supervisor supervisor = new() { Backoff = new Backoff { InitialDelay = TimeSpan.FromHours(1), MaxDelay = TimeSpan.FromHours(1) } };
        Worker worker = new("a");
        worker.SetServiceParent(supervisor);
        await using var run = await RunningService.StartAsync(supervisor);
        worker.FailNow();
        Assert.True(SpinWait.SpinUntil(() => worker.NextTry is not null, Bounded.Patience));

        await worker.DisownServiceParentAsync(Token);
        Assert.Equal((1, 1), (worker.Starts, worker.Stops));
        Assert.Empty(supervisor);
    }

    /// <summary>Waits until a condition holds and nothing is left to be handled.</summary>
    internal static async Task Settled(Supervisor supervisor, IEnumerable<Worker> workers, Func<bool> condition)
    {
        bool IsSettled() => condition() && workers.All(worker => worker.Phase is ServicePhase.Running or ServicePhase.Stopped or ServicePhase.Failed);
        SpinWait.SpinUntil(IsSettled, TimeSpan.FromSeconds(10));
        await supervisor.Exits.Quiet.Soon();
        Assert.True(IsSettled(), string.Join(", ", workers.Select(worker => $"{worker.ServicePath} {worker.State} {worker.Starts}/{worker.Stops} {worker.LastFailure?.Message}")));
    }

    private static (string Starts, string Running) Show(Worker[] workers) =>
        (string.Join(' ', workers.Select(worker => $"{worker.Name}{worker.Starts}")), string.Concat(workers.Where(worker => worker.Running && worker.Phase == ServicePhase.Running).Select(worker => worker.Name)));

    private static Task Now(Action action)
    {
        action();
        return Task.CompletedTask;
    }
}
