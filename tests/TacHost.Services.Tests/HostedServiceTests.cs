namespace TacHost.Services.Tests;

public sealed class HostedServiceTests
{
    private readonly Journal _journal = new();
    private readonly Application _application = new("top");

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task StartAndStop_WithTheTree_ReachTheHostedServiceOnce()
    {
        var child = _application.AddService(new SilentHostedService(_journal));
        Assert.Equal("top/SilentHostedService", child.ServicePath);
        await _application.StartAsync(Token);
        Assert.True(child.Running);
        await _application.StopAsync(Token);
        Assert.Equal(["start hosted", "stop hosted"], _journal.Entries);
    }

    [Fact]
    public async Task StopAsync_AfterPrivilegedPartOnly_DoesNotReachTheHostedService()
    {
        _application.AddService(new SilentHostedService(_journal));
        await _application.PrivilegedStartAsync(Token);
        await _application.StopAsync(Token);
        Assert.Empty(_journal.Entries);
    }

    [Fact]
    public async Task StartAsync_HostedServiceThrowing_FailsTheTree()
    {
        _application.AddService(new SilentHostedService(_journal) { StartFailure = new InvalidTimeZoneException() });
        await Assert.ThrowsAsync<InvalidTimeZoneException>(() => _application.StartAsync(Token));
        Assert.Equal(["start hosted", "stop hosted"], _journal.Entries);
    }

    [Fact]
    public void AddService_WithName_NamesTheWrapper()
    {
        var child = _application.AddService(new SilentHostedService(_journal), "quiet");
        Assert.Equal("top/quiet", child.ServicePath);
        Assert.Same(child, _application.GetServiceNamed("quiet"));
    }

    [Fact]
    public void AddService_HostedServiceThatIsAService_IsAddedAsItIs()
    {
        Microsoft.Extensions.Hosting.IHostedService service = new RecordingService(_journal, "a");
        Assert.Same(service, _application.AddService(service));
    }

    [Fact]
    public async Task BackgroundService_Throwing_FailsTheApplication()
    {
        using var background = new BodyInTheBackground(_ => Task.FromException(new InvalidTimeZoneException("body")));
        _application.AddService(background);
        await _application.StartAsync(Token);
        var failure = await Assert.ThrowsAsync<ServiceFailedException>(() => _application.Failed.Soon());
        Assert.Equal("top/BodyInTheBackground", failure.ServicePath);
        Assert.Equal("body", failure.InnerException?.Message);
        await _application.StopAsync(Token).Soon();
    }

    [Fact]
    public async Task BackgroundService_StoppedAndStartedAgain_RunsItsBodyEachTime()
    {
        var bodies = 0;
        using var background = new BodyInTheBackground(async stoppingToken =>
        {
            Interlocked.Increment(ref bodies);
            await Task.Delay(Timeout.Infinite, stoppingToken).ContinueWith(_ => _journal.Add("body ended"), TaskScheduler.Default);
        });
        _application.AddService(background);
        for (var round = 1; round <= 3; round++)
        {
            await _application.StartAsync(Token);
            Assert.True(SpinWait.SpinUntil(() => Volatile.Read(ref bodies) == round, Bounded.Patience));
            await _application.StopAsync(Token).Soon();
            Assert.Equal(round, _journal.CountOf("body ended"));
        }

        Assert.False(_application.Failed.IsCompleted);
    }
}
