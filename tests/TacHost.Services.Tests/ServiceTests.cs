using System.Threading.Channels;

namespace TacHost.Services.Tests;

public sealed partial class ServiceTests
{
    private readonly Journal _journal = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("")]
    [InlineData(" ")]
    [InlineData("a/b")]
    [InlineData("a\nb")]
    [InlineData("a\u001bb")]
    public void SetName_UnfitName_IsRefused(string name)
    {
        var service = new MultiService();
        Assert.Throws<ArgumentException>(() => service.SetName(name));
        Assert.Null(service.Name);
    }

    [Fact]
    public void SetName_WithParent_IsRefused()
    {
        var service = new RecordingService(_journal, "before");
        service.SetServiceParent(new Application("top"));

        var failure = Assert.Throws<InvalidOperationException>(() => service.SetName("after"));
        Assert.Contains("'top/before'", failure.Message, StringComparison.Ordinal);
        Assert.Equal("before", service.Name);
    }

    [Fact]
    public void State_OfNewService_IsStopped()
    {
        var service = new RecordingService(_journal, "a");
        Assert.Equal(ServiceState.Stopped, service.State);
        Assert.False(service.Running);
        Assert.Null(service.LastFailure);
        Assert.Null(service.Parent);
    }

    [Fact]
    public async Task StartAsync_WithoutPrivilegedStart_MakesUpForIt()
    {
        var service = new RecordingService(_journal, "a");
        await service.StartAsync(Token);
        Assert.Equal(["privileged a", "start a"], _journal.Entries);
        Assert.True(service.Running);
    }

    [Fact]
    public async Task StartAsync_AfterPrivilegedStart_DoesNotRepeatIt()
    {
        var service = new RecordingService(_journal, "a");
        await service.PrivilegedStartAsync(Token);
        Assert.Equal(ServiceState.Starting, service.State);
        await service.StartAsync(Token);
        Assert.Equal(["privileged a", "start a"], _journal.Entries);
    }

    [Fact]
    public async Task StartAsync_WhenRunning_IsRefused()
    {
        var service = new RecordingService(_journal, "a");
        await service.StartAsync(Token);

        var failure = await Assert.ThrowsAsync<InvalidOperationException>(() => service.StartAsync(Token));
        Assert.Equal("The service 'a' cannot be started, because it is running. Stop it first.", failure.Message);
        await Assert.ThrowsAsync<InvalidOperationException>(() => service.PrivilegedStartAsync(Token));
        Assert.True(service.Running);
        Assert.Equal(["privileged a", "start a"], _journal.Entries);
    }

    [Fact]
    public async Task StartAsync_WhenStarting_IsRefused()
    {
        var service = new StuckService { Start = new Gate() };
        var start = service.StartAsync(Token);
        await service.Start.Reached.Soon();

        await Assert.ThrowsAsync<InvalidOperationException>(() => service.StartAsync(Token));
        service.Start.Release();
        await start.Soon();
        Assert.True(service.Running);
    }

    [Fact]
    public async Task PrivilegedStartAsync_Twice_IsRefused()
    {
        var service = new RecordingService(_journal, "a");
        await service.PrivilegedStartAsync(Token);
        await Assert.ThrowsAsync<InvalidOperationException>(() => service.PrivilegedStartAsync(Token));
        await service.StopAsync(Token);
        Assert.Equal(["privileged a", "stop a"], _journal.Entries);
    }

    [Fact]
    public async Task StartAsync_Failing_StopsOnceAndIsFailed()
    {
        var service = new RecordingService(_journal, "a") { WhenStarting = RecordingService.Throwing("no") };

        var failure = await Assert.ThrowsAsync<InvalidTimeZoneException>(() => service.StartAsync(Token));
        Assert.Equal(ServiceState.Failed, service.State);
        Assert.Same(failure, service.LastFailure);

        await service.StopAsync(Token);
        Assert.Equal(["privileged a", "start a", "stop a"], _journal.Entries);
    }

    [Fact]
    public async Task PrivilegedStartAsync_Failing_StopsOnceAndIsFailed()
    {
        var service = new RecordingService(_journal, "a") { WhenPrivilegedStarting = RecordingService.Throwing("no") };

        await Assert.ThrowsAsync<InvalidTimeZoneException>(() => service.PrivilegedStartAsync(Token));
        Assert.Equal(ServiceState.Failed, service.State);
        await service.StopAsync(Token);
        Assert.Equal(["privileged a", "stop a"], _journal.Entries);
    }

    [Fact]
    public async Task StartAsync_FailingWithCleanUpFailingToo_ThrowsWhatTheStartThrew()
    {
        var service = new RecordingService(_journal, "a") { WhenStarting = RecordingService.Throwing("start"), WhenStopping = RecordingService.Throwing("stop") };
        using var log = new CollectingLoggerFactory();
        service.SetServiceParent(new Application("top") { LoggerFactory = log });

        var failure = await Assert.ThrowsAsync<InvalidTimeZoneException>(() => service.StartAsync(Token));
        Assert.Equal("start", failure.Message);
        Assert.Equal("stop", Assert.Single(log.Lines).Failure?.Message);
    }

    [Fact]
    public async Task StartAsync_AfterFailedStart_StartsAgain()
    {
        var attempts = 0;
        var service = new RecordingService(_journal, "a") { WhenStarting = _ => ++attempts == 1 ? throw new InvalidTimeZoneException() : Task.CompletedTask };
        await Assert.ThrowsAsync<InvalidTimeZoneException>(() => service.StartAsync(Token));

        await service.StartAsync(Token);
        Assert.True(service.Running);
        Assert.IsType<InvalidTimeZoneException>(service.LastFailure);
    }

    [Fact]
    public async Task StartAsync_Cancelled_StopsOnce()
    {
        using var cancellation = new CancellationTokenSource();
        var service = new StuckService { Start = new Gate() };
        var start = service.StartAsync(cancellation.Token);
        await service.Start.Reached.Soon();
        await cancellation.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => start.Soon());
        Assert.Equal(1, service.Stops);
        Assert.Equal(ServiceState.Failed, service.State);
    }

    [Fact]
    public async Task StopAsync_WhenNeverStarted_DoesNothing()
    {
        var service = new RecordingService(_journal, "a");
        await service.StopAsync(Token);
        Assert.Empty(_journal.Entries);
        Assert.Equal(ServiceState.Stopped, service.State);
    }

    [Fact]
    public async Task StopAsync_AfterPrivilegedStartOnly_Stops()
    {
        var service = new RecordingService(_journal, "a");
        await service.PrivilegedStartAsync(Token);
        await service.StopAsync(Token);
        Assert.Equal(["privileged a", "stop a"], _journal.Entries);
        Assert.Equal(ServiceState.Stopped, service.State);
    }

    [Fact]
    public async Task StopAsync_InTheMiddleOfTheStart_CancelsTheStartAndUndoesIt()
    {
        var service = new StuckService { Start = new Gate() };
        var start = service.StartAsync(Token);
        await service.Start.Reached.Soon();

        await service.StopAsync(Token).Soon();
        Assert.Equal((ServiceState.Failed, 1), (service.State, service.Stops));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => start.Soon());
        await service.StopAsync(Token).Soon();
        Assert.Equal(1, service.Stops);
    }

    [Fact]
    public async Task StopAsync_InTheMiddleOfAStartThatIgnoresIt_UndoesTheStartWhenItEnds()
    {
        var gate = new Gate();
        var service = new RecordingService(_journal, "a") { WhenStarting = _ => gate.PassAsync(CancellationToken.None) };
        var start = service.StartAsync(Token);
        await gate.Reached.Soon();

        var stop = service.StopAsync(Token);
        Assert.False(stop.IsCompleted);
        gate.Release();
        await stop.Soon();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => start.Soon());
        Assert.Equal(["privileged a", "start a", "stop a"], _journal.Entries);
    }

    [Fact]
    public async Task StartAsync_OfAChildWhoseParentIsStopping_IsRefused()
    {
        var gate = new Gate();
        var parent = new RecordingMultiService(_journal);
        var child = new RecordingService(_journal, "a");
        var last = new RecordingService(_journal, "b") { WhenStopping = gate.PassAsync };
        child.SetServiceParent(parent);
        last.SetServiceParent(parent);
        await parent.StartAsync(Token);
        await child.StopAsync(Token);
        var stop = parent.StopAsync(Token);
        await gate.Reached.Soon();

        var failure = await Assert.ThrowsAsync<InvalidOperationException>(() => child.StartAsync(Token));
        Assert.Contains("is stopping", failure.Message, StringComparison.Ordinal);
        gate.Release();
        await stop.Soon();
        Assert.Equal((1, 1), (_journal.CountOf("start a"), _journal.CountOf("stop a")));
    }

    [Fact]
    public async Task Fail_WhileStarting_FailsTheStartWithThatReason()
    {
        InvalidTimeZoneException reason = new("gave up");
        var service = new FailingService { WhenStarting = (self, token) => { self.FailNow(reason); return Task.Delay(Timeout.Infinite, token); } };

        Assert.Same(reason, await Assert.ThrowsAsync<InvalidTimeZoneException>(() => service.StartAsync(Token).Soon()));
        Assert.Equal((ServiceState.Failed, 1), (service.State, service.Stops));
        Assert.Same(reason, service.LastFailure);
    }

    [Fact]
    public async Task Fail_WhileRunning_ReachesTheParentOnceAndOnAnotherThread()
    {
        var parent = new ListeningMultiService();
        var service = new FailingService();
        service.SetServiceParent(parent);
        await parent.StartAsync(Token);

        var gate = new object();
        lock (gate)
        {
            parent.WhenTold = () => { lock (gate) { } };
            service.FailNow(new InvalidTimeZoneException("first"));
            service.FailNow(new InvalidTimeZoneException("second"));
        }

        Assert.Equal(("FailingService", "first"), await parent.Told.ReadAsync(Token).AsTask().Soon());
        Assert.Equal((ServiceState.Failed, "first"), (service.State, service.LastFailure?.Message));
        await parent.StopAsync(Token).Soon();
        Assert.False(parent.Told.TryRead(out _));
        service.FailNow(new InvalidTimeZoneException("stopped"));
        Assert.Equal((ServiceState.Stopped, "first", 1), (service.State, service.LastFailure?.Message, service.Stops));
    }

    [Fact]
    public async Task StartedAt_IsThereWhileTheServiceRuns()
    {
        var service = new FailingService();
        Assert.Null(service.StartedAt);
        var before = DateTimeOffset.UtcNow;
        await service.StartAsync(Token);
        Assert.InRange(service.StartedAt!.Value, before, DateTimeOffset.UtcNow);
        await service.StopAsync(Token);
        Assert.Null(service.StartedAt);
    }

    [Fact]
    public async Task StopAsync_SeveralAtOnce_AllWaitForTheOne()
    {
        var service = new StuckService { Stop = new Gate() };
        await service.StartAsync(Token);

        var stops = Enumerable.Range(0, 8).Select(_ => Task.Run(() => service.StopAsync(Token), Token)).ToArray();
        await service.Stop.Reached.Soon();
        Assert.Equal(ServiceState.Stopping, service.State);
        Assert.DoesNotContain(stops, stop => stop.IsCompleted);

        service.Stop.Release();
        await Task.WhenAll(stops).Soon();
        Assert.Equal(1, service.Stops);
        Assert.Equal(ServiceState.Stopped, service.State);
    }

    [Fact]
    public async Task StopAsync_Failing_ThrowsAndOwesNoSecondStop()
    {
        var service = new RecordingService(_journal, "a") { WhenStopping = RecordingService.Throwing("no") };
        await service.StartAsync(Token);
        var failure = await Assert.ThrowsAsync<InvalidTimeZoneException>(() => service.StopAsync(Token));
        Assert.Equal(ServiceState.Failed, service.State);
        Assert.Same(failure, service.LastFailure);

        await service.StopAsync(Token);
        Assert.Equal(1, _journal.CountOf("stop a"));
    }

    [Fact]
    public async Task StartAsync_AfterStop_StartsAgain()
    {
        var service = new RecordingService(_journal, "a");
        for (var round = 0; round < 3; round++)
        {
            _journal.Clear();
            await service.StartAsync(Token);
            await service.StopAsync(Token);
            Assert.Equal(["privileged a", "start a", "stop a"], _journal.Entries);
        }
    }

    private sealed class FailingService : Service
    {
        public Func<FailingService, CancellationToken, Task>? WhenStarting { get; init; }

        public int Stops { get; private set; }

        public void FailNow(Exception failure) => Fail(failure);

        protected override Task OnStartAsync(CancellationToken cancellationToken) => WhenStarting?.Invoke(this, cancellationToken) ?? Task.CompletedTask;

        protected override Task OnStopAsync(CancellationToken cancellationToken)
        {
            Stops++;
            return Task.CompletedTask;
        }
    }

    /// <summary>Notes each failure that it is told of.</summary>
    private sealed class ListeningMultiService : MultiService
    {
        private readonly Channel<(string, string)> _told = Channel.CreateUnbounded<(string, string)>();

        public Action? WhenTold { get; set; }

        public ChannelReader<(string Name, string Message)> Told => _told.Reader;

        protected override void OnServiceFailed(IService child, IService origin, Exception failure)
        {
            WhenTold?.Invoke();
            _told.Writer.TryWrite((origin.GetType().Name, failure.Message));
        }
    }
}
