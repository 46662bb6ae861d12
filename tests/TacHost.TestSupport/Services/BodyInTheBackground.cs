using Microsoft.Extensions.Hosting;

namespace TacHost.TestSupport.Services;

/// <summary>A background service with a body of the test's making.</summary>
public sealed class BodyInTheBackground(Func<CancellationToken, Task> body) : BackgroundService
{
    protected override Task ExecuteAsync(CancellationToken stoppingToken) => body(stoppingToken);
}
