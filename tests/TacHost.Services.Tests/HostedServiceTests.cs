using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

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
    public async Task LifecycleServices_AreCalledAsTheGenericHostCallsThem()
    {
        // The control: the Generic Host itself.
        Journal control = new();
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        builder.Services.AddHostedService(_ => new Lifecycle(control, "a")).AddHostedService<Between>().AddSingleton<IHostedService>(_ => new AsyncLifecycle(control, "b"));
        using (var host = builder.Build())
        {
            await host.StartAsync(Token);
            await host.StopAsync(Token);
            await ((IAsyncDisposable)host).DisposeAsync();
        }

        MultiService group = new();
        _application.AddService(new Lifecycle(_journal, "a"));
        group.SetServiceParent(_application);
        group.AddService(new Between());
        group.AddService(new AsyncLifecycle(_journal, "b"));
        await _application.StartAsync(Token);
        await _application.StopAsync(Token);
        await _application.DisposeAsync();
        await _application.DisposeAsync();
        Assert.Equal(control.Entries, _journal.Entries);
        Assert.Equal(14, _journal.Entries.Length);
    }

    [Fact]
    public async Task LifecycleService_InTwoPartsAndAgain_IsCalledAroundEachPass()
    {
        _application.AddService(new Lifecycle(_journal, "a"));
        new RecordingService(_journal, "s").SetServiceParent(_application);
        await _application.PrivilegedStartAsync(Token);
        await _application.StartAsync(Token);
        await _application.StopAsync(Token);
        string[] pass = ["starting a", "privileged s", "start a", "start s", "started a", "stopping a", "stop s", "stop a", "stopped a"];
        Assert.Equal(pass, _journal.Entries);
        await _application.StartAsync(Token);
        await _application.StopAsync(Token);
        Assert.Equal([.. pass, .. pass], _journal.Entries);
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

    private class Lifecycle(Journal journal, string name) : IHostedLifecycleService, IDisposable
    {
        public Task StartingAsync(CancellationToken cancellationToken) => Note("starting");

        public Task StartAsync(CancellationToken cancellationToken) => Note("start");

        public Task StartedAsync(CancellationToken cancellationToken) => Note("started");

        public Task StoppingAsync(CancellationToken cancellationToken) => Note("stopping");

        public Task StopAsync(CancellationToken cancellationToken) => Note("stop");

        public Task StoppedAsync(CancellationToken cancellationToken) => Note("stopped");

        public void Dispose() => Note("dispose");

        protected Task Note(string call)
        {
            journal.Add($"{call} {name}");
            return Task.CompletedTask;
        }
    }

    private sealed class AsyncLifecycle(Journal journal, string name) : Lifecycle(journal, name), IAsyncDisposable
    {
        public ValueTask DisposeAsync() => new(Note("dispose asynchronously"));
    }

    private sealed class Between : IHostedService
    {
        public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
