namespace TacHost.Services.Tests;

public sealed partial class ServiceTests
{
    [Fact]
    public async Task StopAsync_WithBodyUnderWay_CancelsAndAwaitsItBeforeOnStop()
    {
        ExecutingService? service = null;
        var stopsSeenByBody = -1;
        var last = new Gate();
        service = new ExecutingService(async stoppingToken =>
        {
            await Task.Delay(Timeout.Infinite, stoppingToken).ContinueWith(_ => { }, TaskScheduler.Default);
            await last.PassAsync(CancellationToken.None);
            stopsSeenByBody = service!.Stops;
        });
        await service.StartAsync(Token);

        var stop = service.StopAsync(Token);
        await last.Reached.Soon();
        Assert.False(stop.IsCompleted);
        last.Release();
        await stop.Soon();
        Assert.Equal(0, stopsSeenByBody);
        Assert.Equal(1, service.Stops);
    }

    [Fact]
    public async Task ExecuteAsync_Throwing_FailsTheServiceUntilItIsStopped()
    {
        var service = new ExecutingService(async _ =>
        {
            await Task.Yield();
            throw new InvalidTimeZoneException("body");
        });
        var application = new Application("top");
        service.SetServiceParent(application);
        await application.StartAsync(Token);

        await Assert.ThrowsAsync<ServiceFailedException>(() => application.Failed.Soon());
        Assert.Equal(ServiceState.Failed, service.State);
        Assert.Equal("body", service.LastFailure?.Message);
        await Assert.ThrowsAsync<InvalidOperationException>(() => service.StartAsync(Token));

        await service.StopAsync(Token);
        Assert.Equal(ServiceState.Stopped, service.State);
        Assert.Equal("body", service.LastFailure?.Message);
        Assert.Equal(1, service.Stops);
    }

    [Fact]
    public async Task ExecuteAsync_ThrowingBeforeItsFirstAwait_FailsTheServiceNotItsStart()
    {
        var service = new ExecutingService(_ => throw new InvalidTimeZoneException("body"));
        var application = new Application("top");
        service.SetServiceParent(application);

        await application.StartAsync(Token);
        await Assert.ThrowsAsync<ServiceFailedException>(() => application.Failed.Soon());
        Assert.Equal(ServiceState.Failed, service.State);
    }

    [Fact]
    public async Task ExecuteAsync_CancelledBySomethingElse_FailsTheService()
    {
        var service = new ExecutingService(_ => Task.FromCanceled(new CancellationToken(canceled: true)));
        var application = new Application("top");
        service.SetServiceParent(application);
        await application.StartAsync(Token);
        var failure = await Assert.ThrowsAsync<ServiceFailedException>(() => application.Failed.Soon());
        Assert.IsAssignableFrom<OperationCanceledException>(failure.InnerException);
    }

    [Fact]
    public async Task ExecuteAsync_Ending_LeavesTheServiceRunning()
    {
        var service = new ExecutingService(_ => Task.CompletedTask);
        await service.StartAsync(Token);
        Assert.True(service.Running);
        await service.StopAsync(Token);
        Assert.Equal(1, service.Stops);
    }

    [Fact]
    public async Task ExecuteAsync_ThrowingWhileStopping_IsKeptButTellsNobody()
    {
        var service = new ExecutingService(async stoppingToken =>
        {
            await Task.Delay(Timeout.Infinite, stoppingToken).ContinueWith(_ => { }, TaskScheduler.Default);
            throw new InvalidTimeZoneException("late");
        });
        var application = new Application("top");
        service.SetServiceParent(application);
        await application.StartAsync(Token);

        await application.StopAsync(Token).Soon();
        Assert.Equal(ServiceState.Stopped, service.State);
        Assert.Equal("late", service.LastFailure?.Message);
        Assert.False(application.Failed.IsCompleted);
    }

    [Fact]
    public async Task StopAsync_BodyThatIgnoresIt_EndsWithTheGracePeriodAndStillReleases()
    {
        var body = new Gate();
        var service = new ExecutingService(_ => body.PassAsync(CancellationToken.None));
        service.SetName("deaf");
        await service.StartAsync(Token);

        var failure = await Assert.ThrowsAsync<TimeoutException>(() => service.StopAsync(new CancellationToken(canceled: true)).Soon());
        Assert.Contains("'deaf'", failure.Message, StringComparison.Ordinal);
        Assert.Equal(1, service.Stops);
        body.Release();
    }

    [Fact]
    public async Task ExecuteAsync_FailingAfterItWasGivenUp_DoesNotFailTheNextRun()
    {
        var firstBody = new TaskCompletionSource();
        var runs = 0;
        var service = new ExecutingService(_ => ++runs == 1 ? firstBody.Task : Task.CompletedTask);
        await service.StartAsync(Token);
        await Assert.ThrowsAsync<TimeoutException>(() => service.StopAsync(new CancellationToken(canceled: true)).Soon());
        await service.StartAsync(Token);

        // The continuations of this task run before SetException returns.
        firstBody.SetException(new InvalidTimeZoneException("of the first run"));
        Assert.True(service.Running);
        Assert.IsNotType<InvalidTimeZoneException>(service.LastFailure);
    }

    [Fact]
    public async Task StopAsync_CancellationCallbackThrowing_StillReleases()
    {
        var service = new ExecutingService(stoppingToken =>
        {
            var ended = new TaskCompletionSource();
            stoppingToken.Register(() =>
            {
                ended.SetResult();
                throw new InvalidTimeZoneException("callback");
            });
            return ended.Task;
        });
        await service.StartAsync(Token);

        await Assert.ThrowsAsync<AggregateException>(() => service.StopAsync(Token).Soon());
        Assert.Equal(1, service.Stops);
        Assert.Equal(ServiceState.Failed, service.State);
    }

    [Fact]
    public async Task StopAsync_FromTheFirstInstantOfRunning_AwaitsTheBody()
    {
        // The body begins when the service is running already: a stop from another thread may come in between.
        for (var round = 0; round < 200; round++)
        {
            var bodyEnded = false;
            var service = new ExecutingService(async stoppingToken =>
            {
                await Task.Delay(Timeout.Infinite, stoppingToken).ContinueWith(_ => { }, TaskScheduler.Default);
                await Task.Yield();
                Volatile.Write(ref bodyEnded, true);
            });
            var stop = Task.Run(
                async () =>
                {
                    SpinWait.SpinUntil(() => service.Running, Bounded.Patience);
                    await service.StopAsync(Token);
                    return Volatile.Read(ref bodyEnded);
                },
                Token);
            await service.StartAsync(Token).Soon();
            Assert.True(await stop.Soon(), $"The stop of round {round} did not wait for the body.");
        }
    }

    [Fact]
    public async Task OnServiceFailed_Throwing_DoesNotKeepTheServiceFromStopping()
    {
        var service = new ExecutingService(_ => Task.FromException(new InvalidTimeZoneException("body")));
        var parent = new ThrowingSupervisor();
        var application = new Application("top");
        parent.SetServiceParent(application);
        service.SetServiceParent(parent);
        await application.StartAsync(Token);

        // The failure that could not be dealt with goes on upwards.
        var failure = await Assert.ThrowsAsync<ServiceFailedException>(() => application.Failed.Soon());
        Assert.Equal("body", failure.InnerException?.Message);
        await application.StopAsync(Token).Soon();
        Assert.Equal(1, service.Stops);
    }

    private sealed class ThrowingSupervisor : MultiService
    {
        protected override void OnServiceFailed(IService child, IService origin, Exception failure) => throw new InvalidTimeZoneException("supervisor");
    }
}
