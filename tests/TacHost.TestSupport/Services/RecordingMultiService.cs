using TacHost.Services;

namespace TacHost.TestSupport.Services;

/// <summary>A collection that writes its own part of each start and stop into a journal.</summary>
public sealed class RecordingMultiService(Journal journal) : MultiService
{
    protected override Task OnPrivilegedStartAsync(CancellationToken cancellationToken) => Record("privileged");

    protected override Task OnStartAsync(CancellationToken cancellationToken) => Record("start");

    protected override Task OnStopAsync(CancellationToken cancellationToken) => Record("stop");

    private Task Record(string call)
    {
        journal.Add($"{call} {Name}");
        return Task.CompletedTask;
    }
}
