using Microsoft.Extensions.Hosting;

namespace TacHost.Services.Tests.Fakes;

/// <summary>A background service with a body of the test's making.</summary>
internal sealed class BodyInTheBackground(Func<CancellationToken, Task> body) : BackgroundService
{
    protected override Task ExecuteAsync(CancellationToken stoppingToken) => body(stoppingToken);
}
