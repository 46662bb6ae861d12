using TacHost.Services;

namespace TacHost.TestSupport.Services;

/// <summary>A service that runs in an application of its own until the end of the test.</summary>
public sealed class RunningService : IAsyncDisposable
{
    private readonly Application _application = new("test");

    private RunningService() => _application.LoggerFactory = Log;

    public CollectingLoggerFactory Log { get; } = new();

    public static async Task<RunningService> StartAsync(IService service)
    {
        var running = new RunningService();
        service.SetServiceParent(running._application);
        await running._application.StartAsync(TestContext.Current.CancellationToken).Soon();
        return running;
    }

    public Task StopAsync() => _application.StopAsync(CancellationToken.None).Soon();

    /// <summary>Stops as when the grace period is over at once.</summary>
    public async ValueTask DisposeAsync() => await _application.StopAsync(new CancellationToken(canceled: true)).Soon();
}
