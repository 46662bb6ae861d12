using TacHost.Services;

namespace TacHost.TestSupport.Services;

/// <summary>Writes each call into a journal, as "start a", then does what a test asks for.</summary>
public sealed class RecordingService : Service
{
    private readonly Journal _journal;

    public RecordingService(Journal journal, string name)
    {
        _journal = journal;
        SetName(name);
    }

    public Func<CancellationToken, Task>? WhenPrivilegedStarting { get; init; }

    public Func<CancellationToken, Task>? WhenStarting { get; init; }

    public Func<CancellationToken, Task>? WhenStopping { get; init; }

    public static Func<CancellationToken, Task> Throwing(string message) => _ => throw new InvalidTimeZoneException(message);

    protected override Task OnPrivilegedStartAsync(CancellationToken cancellationToken) => RecordAsync("privileged", WhenPrivilegedStarting, cancellationToken);

    protected override Task OnStartAsync(CancellationToken cancellationToken) => RecordAsync("start", WhenStarting, cancellationToken);

    protected override Task OnStopAsync(CancellationToken cancellationToken) => RecordAsync("stop", WhenStopping, cancellationToken);

    private Task RecordAsync(string call, Func<CancellationToken, Task>? what, CancellationToken cancellationToken)
    {
        _journal.Add($"{call} {Name}");
        return what?.Invoke(cancellationToken) ?? Task.CompletedTask;
    }
}
