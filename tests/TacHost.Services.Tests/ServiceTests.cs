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
        Assert.Null(service.LastFailure);
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
    public async Task StopAsync_InTheMiddleOfTheStart_IsRefused()
    {
        var service = new StuckService { Start = new Gate() };
        var start = service.StartAsync(Token);
        await service.Start.Reached.Soon();

        await Assert.ThrowsAsync<InvalidOperationException>(() => service.StopAsync(Token));
        service.Start.Release();
        await start.Soon();
        Assert.True(service.Running);
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
}
