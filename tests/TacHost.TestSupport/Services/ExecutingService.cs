using TacHost.Services;

namespace TacHost.TestSupport.Services;

/// <summary>Runs a body of the test's making, and counts how often it is stopped.</summary>
public sealed class ExecutingService(Func<CancellationToken, Task> body) : Service
{
    public int Stops { get; private set; }

    protected override Task ExecuteAsync(CancellationToken stoppingToken) => body(stoppingToken);

    protected override Task OnStopAsync(CancellationToken cancellationToken)
    {
        Stops++;
        return Task.CompletedTask;
    }
}
