using Microsoft.Extensions.Hosting;

namespace TacHost.Services.Tests;

public sealed class ApplicationTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Failed_BodyDeepInTheTreeThrowing_NamesTheServiceThatFailed()
    {
        var application = new Application("top");
        var middle = new MultiService();
        middle.SetName("poems");
        middle.SetServiceParent(application);
        new ExecutingService(_ => Task.CompletedTask).SetServiceParent(middle);
        new ExecutingService(_ => Task.FromException(new InvalidTimeZoneException("lost"))).SetServiceParent(middle);

        Assert.False(application.Failed.IsCompleted);
        await application.StartAsync(Token);
        var failure = await Assert.ThrowsAsync<ServiceFailedException>(() => application.Failed.Soon());
        Assert.Equal("top/poems/ExecutingService-2", failure.ServicePath);
        Assert.Equal("The service 'top/poems/ExecutingService-2' has failed: lost", failure.Message);
        Assert.Equal("lost", failure.InnerException?.Message);
        Assert.Equal([ServiceState.Running, ServiceState.Failed], middle.Select(child => child.State));
        await application.StopAsync(Token);
    }

    [Fact]
    public async Task Failed_SecondFailure_KeepsTheFirst()
    {
        var application = new Application("top");
        new ExecutingService(_ => Task.FromException(new InvalidTimeZoneException("first"))).SetServiceParent(application);
        new ExecutingService(_ => Task.FromException(new InvalidTimeZoneException("second"))).SetServiceParent(application);
        await application.StartAsync(Token);
        var failure = await Assert.ThrowsAsync<ServiceFailedException>(() => application.Failed.Soon());
        Assert.Equal("first", failure.InnerException?.Message);
    }

    [Fact]
    public async Task StartAndStop_AsAnyHostedService_RunTheWholeTree()
    {
        var journal = new Journal();
        var application = new Application("top");
        new RecordingService(journal, "a").SetServiceParent(application);
        new RecordingService(journal, "b").SetServiceParent(application);
        IHostedService hosted = application;

        await hosted.StartAsync(Token);
        await hosted.StopAsync(Token);
        await hosted.StopAsync(Token);
        Assert.Equal(["privileged a", "privileged b", "start a", "start b", "stop b", "stop a"], journal.Entries);
    }

    [Fact]
    public async Task StartAsync_AsAnyHostedServiceFailing_LeavesNothingToStop()
    {
        var journal = new Journal();
        var application = new Application("top");
        new RecordingService(journal, "a").SetServiceParent(application);
        new RecordingService(journal, "b") { WhenStarting = RecordingService.Throwing("no") }.SetServiceParent(application);
        IHostedService hosted = application;

        await Assert.ThrowsAsync<InvalidTimeZoneException>(() => hosted.StartAsync(Token));
        journal.Clear();
        await hosted.StopAsync(Token);
        Assert.Empty(journal.Entries);
    }

    [Fact]
    public void Constructor_EmptyName_IsRefused() => Assert.Throws<ArgumentException>(() => new Application(""));
}
