using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace TacHost.Services;

/// <summary>The life of a Generic Host inside the tree.</summary>
internal static class HostLife
{
    /// <summary>Starts a host without its advice to press Ctrl+C, and then removes its signal handlers, because the process has its own.</summary>
    public static async Task StartAsync(IHost host, CancellationToken cancellationToken)
    {
        host.Services.GetService<IOptions<ConsoleLifetimeOptions>>()?.Value.SuppressStatusMessages = true;
        await host.StartAsync(cancellationToken);
        (host.Services.GetService<IHostLifetime>() as IDisposable)?.Dispose();
    }

    /// <summary>Waits until a host stops by itself. Then rethrows the exception of a failed background service, or requests a stop of the application.</summary>
    public static async Task WatchAsync(IHost host, Application? application, CancellationToken stoppingToken)
    {
        TaskCompletionSource stopping = new(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var registration = host.Services.GetRequiredService<IHostApplicationLifetime>().ApplicationStopping.Register(stopping.SetResult);
        await stopping.Task.WaitAsync(stoppingToken);
        foreach (var service in host.Services.GetServices<IHostedService>())
        {
            if (service is BackgroundService { ExecuteTask: { IsFaulted: true } failed })
                await failed;
        }

        application?.RequestStop();
    }

    /// <summary>Stops a host and disposes it.</summary>
    public static async Task StopAsync(IHost host, CancellationToken cancellationToken)
    {
        try
        {
            await host.StopAsync(cancellationToken);
        }
        finally
        {
            if (host is IAsyncDisposable disposable)
                await disposable.DisposeAsync();
            else
                host.Dispose();
        }
    }
}
