using Microsoft.Extensions.Hosting;

namespace TacHost.Services;

/// <summary>Any hosted service as a service of the tree.</summary>
internal sealed class HostedService(IHostedService hosted) : Service
{
    private bool _started;

    /// <summary>The wrapped service.</summary>
    public IHostedService Hosted => hosted;

    internal override string OwnName => Name ?? TypeName.Of(hosted.GetType());

    protected override async Task OnStartAsync(CancellationToken cancellationToken)
    {
        _started = true;
        await hosted.StartAsync(cancellationToken);
    }

    protected override Task OnStopAsync(CancellationToken cancellationToken)
    {
        var stop = _started ? hosted.StopAsync(cancellationToken) : Task.CompletedTask;
        _started = false;
        return stop;
    }

    /// <summary>A background service runs on after its start; its end in an exception is this service's failure.</summary>
    protected override Task ExecuteAsync(CancellationToken stoppingToken) =>
        (hosted as BackgroundService)?.ExecuteTask?.WaitAsync(stoppingToken) ?? Task.CompletedTask;
}
