using Microsoft.Extensions.Hosting;

namespace TacHost.TestSupport.Services;

/// <summary>A hosted service that knows nothing of the tree.</summary>
public sealed class SilentHostedService(Journal journal) : IHostedService
{
    public Exception? StartFailure { get; init; }

    public Task StartAsync(CancellationToken cancellationToken)
    {
        journal.Add("start hosted");
        return StartFailure is null ? Task.CompletedTask : Task.FromException(StartFailure);
    }

    public Task StopAsync(CancellationToken cancellationToken)
    {
        journal.Add("stop hosted");
        return Task.CompletedTask;
    }
}
