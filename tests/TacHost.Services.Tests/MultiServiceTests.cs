namespace TacHost.Services.Tests;

public sealed partial class MultiServiceTests
{
    private readonly Journal _journal = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task StartAsync_InTwoParts_KeepsTheOrderInBoth()
    {
        var tree = Tree("a", "b");
        await tree.PrivilegedStartAsync(Token);
        Assert.Equal(["privileged top", "privileged a", "privileged b"], _journal.Entries);
        _journal.Clear();
        await tree.StartAsync(Token);
        Assert.Equal(["start top", "start a", "start b"], _journal.Entries);
        Assert.All(tree, child => Assert.True(child.Running));
    }

    [Fact]
    public async Task StartAsync_StuckChild_AwaitsItBeforeTheNext()
    {
        var gate = new Gate();
        var tree = Tree();
        Add(tree, new RecordingService(_journal, "a") { WhenStarting = gate.PassAsync });
        Add(tree, new RecordingService(_journal, "b"));

        await tree.PrivilegedStartAsync(Token);
        var start = tree.StartAsync(Token);
        await gate.Reached.Soon();
        Assert.Equal(0, _journal.CountOf("start b"));
        gate.Release();
        await start.Soon();
        Assert.Equal(1, _journal.CountOf("start b"));
    }

    [Fact]
    public async Task StopAsync_Running_StopsInReverseOneAfterAnother()
    {
        var gate = new Gate();
        var tree = Tree("a");
        Add(tree, new RecordingService(_journal, "b") { WhenStopping = gate.PassAsync });
        await tree.StartAsync(Token);
        _journal.Clear();

        var stop = tree.StopAsync(Token);
        await gate.Reached.Soon();
        Assert.Equal(["stop b"], _journal.Entries);
        gate.Release();
        await stop.Soon();
        Assert.Equal(["stop b", "stop a", "stop top"], _journal.Entries);
        Assert.Equal(ServiceState.Stopped, tree.State);
    }

    [Fact]
    public async Task StopAsync_FailuresAtAllDepths_TriesEveryChildAndCollectsThem()
    {
        var tree = Tree("a");
        var inner = new MultiService();
        inner.SetServiceParent(tree);
        Add(inner, new RecordingService(_journal, "b") { WhenStopping = RecordingService.Throwing("b") });
        Add(inner, new RecordingService(_journal, "c") { WhenStopping = RecordingService.Throwing("c") });
        Add(tree, new RecordingService(_journal, "d") { WhenStopping = _ => throw new InvalidTimeZoneException("d") });
        await tree.StartAsync(Token);
        _journal.Clear();

        var failure = await Assert.ThrowsAsync<AggregateException>(() => tree.StopAsync(Token));
        Assert.Equal(["d", "c", "b"], failure.InnerExceptions.Select(each => each.Message));
        Assert.Equal(["stop d", "stop c", "stop b", "stop a", "stop top"], _journal.Entries);
        Assert.Equal(ServiceState.Failed, tree.State);
        await tree.StartAsync(Token);
        Assert.True(tree.Running);
    }

    [Fact]
    public async Task StartAsync_ChildFailing_StopsThoseBeforeAndTheMerelyPrivilegedInReverse()
    {
        var tree = Tree("a");
        Add(tree, new RecordingService(_journal, "b") { WhenStarting = RecordingService.Throwing("no") });
        Add(tree, new RecordingService(_journal, "c"));
        await tree.PrivilegedStartAsync(Token);
        _journal.Clear();

        var failure = await Assert.ThrowsAsync<InvalidTimeZoneException>(() => tree.StartAsync(Token));
        Assert.Equal("no", failure.Message);
        Assert.Equal(["start top", "start a", "start b", "stop b", "stop c", "stop a", "stop top"], _journal.Entries);
        Assert.Equal([ServiceState.Stopped, ServiceState.Failed, ServiceState.Stopped], tree.Select(child => child.State));
        _journal.Clear();
        await tree.StopAsync(Token);
        Assert.Empty(_journal.Entries);
    }

    [Fact]
    public async Task PrivilegedStartAsync_ChildFailing_RollsBackAndTouchesNoOther()
    {
        var tree = Tree("a");
        Add(tree, new RecordingService(_journal, "b") { WhenPrivilegedStarting = RecordingService.Throwing("no") });
        Add(tree, new RecordingService(_journal, "c"));

        await Assert.ThrowsAsync<InvalidTimeZoneException>(() => tree.PrivilegedStartAsync(Token));
        Assert.Equal(["privileged top", "privileged a", "privileged b", "stop b", "stop a", "stop top"], _journal.Entries);
        Assert.Equal(ServiceState.Failed, tree.State);
    }

    [Fact]
    public async Task StartAsync_CancelledInAChild_RollsBack()
    {
        using var cancellation = new CancellationTokenSource();
        var gate = new Gate();
        var tree = Tree("a");
        Add(tree, new RecordingService(_journal, "b") { WhenStarting = gate.PassAsync });
        Add(tree, new RecordingService(_journal, "c"));
        await tree.PrivilegedStartAsync(Token);
        _journal.Clear();

        var start = tree.StartAsync(cancellation.Token);
        await gate.Reached.Soon();
        await cancellation.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => start.Soon());
        Assert.Equal(["start top", "start a", "start b", "stop b", "stop c", "stop a", "stop top"], _journal.Entries);
    }

    [Fact]
    public async Task StartAsync_CancelledBetweenChildren_StartsNoMore()
    {
        using var cancellation = new CancellationTokenSource();
        var tree = Tree();
        Add(tree, new RecordingService(_journal, "a") { WhenStarting = _ => cancellation.CancelAsync() });
        Add(tree, new RecordingService(_journal, "b"));

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => tree.StartAsync(cancellation.Token));
        Assert.Equal(0, _journal.CountOf("start b"));
        Assert.Equal(1, _journal.CountOf("stop a"));
    }

    [Fact]
    public async Task StartAsync_Twice_IsRefusedWithoutTouchingChildren()
    {
        var tree = Tree("a");
        await tree.StartAsync(Token);
        _journal.Clear();
        await Assert.ThrowsAsync<InvalidOperationException>(() => tree.StartAsync(Token));
        Assert.Empty(_journal.Entries);
        Assert.True(tree.Running);
    }

    [Fact]
    public async Task StartAsync_AfterStop_StartsEveryChildAgain()
    {
        var tree = Tree("a", "b");
        for (var round = 0; round < 3; round++)
        {
            _journal.Clear();
            await tree.StartAsync(Token);
            await tree.StopAsync(Token);
            Assert.Equal(
                ["privileged top", "privileged a", "privileged b", "start top", "start a", "start b", "stop b", "stop a", "stop top"],
                _journal.Entries);
        }
    }

    [Fact]
    public async Task OnServiceFailed_Overridden_DealsWithTheFailure()
    {
        var restarter = new Restarter();
        var application = new Application("top");
        restarter.SetServiceParent(application);
        var runs = 0;
        var child = new ExecutingService(_ => ++runs == 1 ? Task.FromException(new InvalidTimeZoneException("once")) : Task.CompletedTask);
        child.SetServiceParent(restarter);

        await application.StartAsync(Token);
        await restarter.Restarted.Soon();
        Assert.True(child.Running);
        Assert.Equal(2, runs);
        Assert.Equal(1, child.Stops);
        Assert.False(application.Failed.IsCompleted);
    }

    [Fact]
    public void GetServiceNamed_Unknown_ListsThoseThereAre()
    {
        var tree = Tree("a", "b");
        Assert.Equal("The service 'top' has no child named 'c'; it has 'a', 'b'.", Assert.Throws<KeyNotFoundException>(() => tree.GetServiceNamed("c")).Message);
        Assert.Equal("a", tree.GetServiceNamed("a").Name);
    }

    private RecordingMultiService Tree(params string[] children)
    {
        var tree = new RecordingMultiService(_journal);
        tree.SetName("top");
        foreach (var name in children)
            Add(tree, new RecordingService(_journal, name));
        return tree;
    }

    private static void Add(MultiService tree, RecordingService child) => child.SetServiceParent(tree);

    private sealed class Restarter : MultiService
    {
        private readonly TaskCompletionSource _restarted = new();

        public Task Restarted => _restarted.Task;

        protected override void OnServiceFailed(IService child, IService origin, Exception failure) => _ = RestartAsync(child);

        private async Task RestartAsync(IService service)
        {
            await service.StopAsync(CancellationToken.None);
            await service.StartAsync(CancellationToken.None);
            _restarted.SetResult();
        }
    }

    [Fact]
    public async Task StopAsync_ChildStuckPastTheGracePeriod_StopsTheOthersAndNamesIt()
    {
        var parent = new MultiService();
        var inner = new MultiService();
        var journal = new Journal();
        var before = new RecordingService(journal, "before");
        var beside = new RecordingService(journal, "beside");
        var stuck = new RecordingService(journal, "stuck") { WhenStopping = _ => new TaskCompletionSource().Task };
        before.SetServiceParent(parent);
        beside.SetServiceParent(inner);
        stuck.SetServiceParent(inner);
        inner.SetServiceParent(parent);
        await parent.StartAsync(TestContext.Current.CancellationToken);

        // A grace period that is over already.
        var failures = await Assert.ThrowsAsync<AggregateException>(() => parent.StopAsync(new CancellationToken(canceled: true)).Soon());
        Assert.Equal("The service 'MultiService/MultiService/stuck' did not stop within the grace period.", Assert.IsType<TimeoutException>(Assert.Single(failures.InnerExceptions)).Message);
        Assert.Equal([ServiceState.Stopped, ServiceState.Stopped, ServiceState.Stopping], (IEnumerable<ServiceState>)[before.State, beside.State, stuck.State]);
    }
}
