using Microsoft.Extensions.Hosting;

namespace TacHost.Services;

/// <summary>Any hosted service as a service of the tree. Makes the calls that the Generic Host makes, in its order.</summary>
internal sealed class HostedService(IHostedService hosted) : Service
{
    private bool _isStarted;
    private bool _isStopped;

    public IHostedService Hosted => hosted;

    internal override string OwnName => Name ?? TypeName.Of(hosted.GetType());

    private IHostedLifecycleService? Lifecycle => hosted as IHostedLifecycleService;

    internal override Task AfterStartAsync(CancellationToken cancellationToken) =>
        _isStarted && Lifecycle is { } lifecycle ? lifecycle.StartedAsync(cancellationToken) : Task.CompletedTask;

    internal override Task BeforeStopAsync(CancellationToken cancellationToken) =>
        _isStarted && Lifecycle is { } lifecycle ? GracePeriod.WaitForStopAsync(lifecycle.StoppingAsync(cancellationToken), ServicePath, cancellationToken) : Task.CompletedTask;

    internal override Task AfterStopAsync(CancellationToken cancellationToken)
    {
        var isStopped = _isStopped;
        _isStopped = false;
        return isStopped && Lifecycle is { } lifecycle ? GracePeriod.WaitForStopAsync(lifecycle.StoppedAsync(cancellationToken), ServicePath, cancellationToken) : Task.CompletedTask;
    }

    /// <summary>Runs before any service of the tree starts, as <see cref="IHostedLifecycleService.StartingAsync"/> must.</summary>
    protected override Task OnPrivilegedStartAsync(CancellationToken cancellationToken) => Lifecycle?.StartingAsync(cancellationToken) ?? Task.CompletedTask;

    protected override async Task OnStartAsync(CancellationToken cancellationToken)
    {
        _isStarted = true;
        await hosted.StartAsync(cancellationToken);
    }

    protected override Task OnStopAsync(CancellationToken cancellationToken)
    {
        (_isStarted, _isStopped) = (false, _isStarted);
        return _isStopped ? hosted.StopAsync(cancellationToken) : Task.CompletedTask;
    }

    /// <summary>A background service runs on after its start; if it ends in an exception, this service has failed.</summary>
    protected override Task ExecuteAsync(CancellationToken stoppingToken) =>
        (hosted as BackgroundService)?.ExecuteTask?.WaitAsync(stoppingToken) ?? base.ExecuteAsync(stoppingToken);
}
