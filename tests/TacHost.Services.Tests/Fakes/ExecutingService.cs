namespace TacHost.Services.Tests.Fakes;

/// <summary>Runs a body of the test's making, and counts how often it is stopped.</summary>
internal sealed class ExecutingService(Func<CancellationToken, Task> body) : Service
{
    public int Stops { get; private set; }

    protected override Task ExecuteAsync(CancellationToken stoppingToken) => body(stoppingToken);

    protected override Task OnStopAsync(CancellationToken cancellationToken)
    {
        Stops++;
        return Task.CompletedTask;
    }
}
