namespace TacHost.Services;

/// <summary>A service that calls a function again and again, at once after the start and then at every full step of time since then.</summary>
/// <remarks>
/// One call at a time: steps that pass while a call is in progress are skipped, so that a slow call moves no later one off the grid. A call that throws is the failure of the service,
/// and the last. A stop waits for the call in progress, but no longer than the grace period. Ported from <c>twisted.application.internet.TimerService</c>,
/// where such a failure is only logged.
/// </remarks>
public sealed class TimerService : Service
{
    private static readonly TimeSpan _longestDelay = TimeSpan.FromDays(1);

    private readonly TimeSpan _step;
    private readonly Func<CancellationToken, Task> _call;

    /// <summary>Describes a timer. Nothing is called before the start.</summary>
    /// <param name="step">The time from one call to the next.</param>
    /// <param name="call">The function, called on the thread pool. Its token is cancelled when the service is to stop; throwing <see cref="OperationCanceledException"/> then is no failure.</param>
    /// <exception cref="ArgumentOutOfRangeException">The step is not greater than zero.</exception>
    public TimerService(TimeSpan step, Func<CancellationToken, Task> call)
    {
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(step, TimeSpan.Zero);
        ArgumentNullException.ThrowIfNull(call);
        (_step, _call) = (step, call);
    }

    /// <summary>Describes a timer for a function that does its work at once. Nothing is called before the start.</summary>
    /// <param name="step">The time from one call to the next.</param>
    /// <param name="call">The function, called on the thread pool.</param>
    /// <exception cref="ArgumentOutOfRangeException">The step is not greater than zero.</exception>
    public TimerService(TimeSpan step, Action call)
        : this(step, Synchronously(call))
    {
    }

    /// <summary>The clock. Defaults to the system's.</summary>
    public TimeProvider TimeProvider { get; init; } = TimeProvider.System;

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        // The first call must not hold up the start of what comes after this service.
        await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
        var start = TimeProvider.GetTimestamp();
        while (!stoppingToken.IsCancellationRequested)
        {
            await _call(stoppingToken);
            var steps = TimeProvider.GetElapsedTime(start).Ticks / _step.Ticks;
            await WaitAsync(start, _step * (steps + 1), stoppingToken);
        }
    }

    /// <summary>Waits until so much time has passed since the start. A timer counts whole milliseconds, and may come early by a part of one.</summary>
    private async Task WaitAsync(long start, TimeSpan until, CancellationToken stoppingToken)
    {
        while (until - TimeProvider.GetElapsedTime(start) is { Ticks: > 0 } left)
            await Task.Delay(left < _longestDelay ? TimeSpan.FromMilliseconds(Math.Ceiling(left.TotalMilliseconds)) : _longestDelay, TimeProvider, stoppingToken);
    }

    private static Func<CancellationToken, Task> Synchronously(Action call)
    {
        ArgumentNullException.ThrowIfNull(call);
        return _ =>
        {
            call();
            return Task.CompletedTask;
        };
    }
}
