using Microsoft.Extensions.Hosting;

namespace TacHost.Services;

/// <summary>A Generic Host as a service of the tree.</summary>
internal sealed class HostService(IHost host) : Service
{
    private bool _hasStarted;

    internal override string OwnName => Name ?? TypeName.Of(host.GetType());

    protected override Task OnStartAsync(CancellationToken cancellationToken)
    {
        if (_hasStarted)
            throw new InvalidOperationException($"The host '{ServicePath}' cannot start a second time, because a Generic Host starts only once. Use WebApplicationService or HostedServices, which build a new host for each start.");
        _hasStarted = true;
        return HostLife.StartAsync(host, cancellationToken);
    }

    protected override Task OnStopAsync(CancellationToken cancellationToken) => HostLife.StopAsync(host, cancellationToken);

    protected override Task ExecuteAsync(CancellationToken stoppingToken) => HostLife.WatchAsync(host, Application, stoppingToken);
}
