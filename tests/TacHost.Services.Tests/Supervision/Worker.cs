namespace TacHost.Services.Tests.Supervision;

/// <summary>A service whose end a test decides, and that counts its starts and stops.</summary>
public sealed class Worker : Service
{
    private TaskCompletionSource _end = new();
    private int _starts;
    private int _stops;
    private int _failingStarts;

    public Worker(string? name = null)
    {
        if (name is not null)
            SetName(name);
    }

    public int Starts => Volatile.Read(ref _starts);

    public int Stops => Volatile.Read(ref _stops);

    /// <summary>Whether the last start has not been undone.</summary>
    public bool IsUp => Starts != Stops;

    public Journal? Journal { get; init; }

    public Func<CancellationToken, Task>? WhenStarting { get; set; }

    public Func<CancellationToken, Task>? WhenStopping { get; set; }

    public void ReturnFromBody() => _end.TrySetResult();

    public void ThrowFromBody(string message = "boom") => _end.TrySetException(new InvalidTimeZoneException(message));

    public void FailNow(string message = "boom") => Fail(new InvalidTimeZoneException(message));

    /// <summary>Makes the next starts fail.</summary>
    public void FailStarts(int count) => Volatile.Write(ref _failingStarts, count);

    protected override Task OnPrivilegedStartAsync(CancellationToken cancellationToken)
    {
        Interlocked.Increment(ref _starts);
        return Task.CompletedTask;
    }

    protected override async Task OnStartAsync(CancellationToken cancellationToken)
    {
        _end = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        Journal?.Add($"start {Name}");
        if (WhenStarting is not null)
            await WhenStarting(cancellationToken);
        if (Interlocked.Decrement(ref _failingStarts) >= 0)
            throw new InvalidTimeZoneException("no start");
    }

    protected override Task ExecuteAsync(CancellationToken stoppingToken) => _end.Task.WaitAsync(stoppingToken);

    protected override Task OnStopAsync(CancellationToken cancellationToken)
    {
        Interlocked.Increment(ref _stops);
        Journal?.Add($"stop {Name}");
        return WhenStopping?.Invoke(cancellationToken) ?? Task.CompletedTask;
    }
}
