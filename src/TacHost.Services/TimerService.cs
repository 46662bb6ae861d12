namespace TacHost.Services;

/// <summary>A service that calls a function periodically: at once after the start, and then at every multiple of the interval.</summary>
/// <remarks>
/// Calls never overlap. Intervals that elapse during a call are skipped, so that a slow call does not shift later calls off the grid.
/// If a call throws, the service fails and makes no further calls. A stop awaits the call in progress, but not longer than the grace period.
/// Ported from <c>twisted.application.internet.TimerService</c>, which only logs such a failure.
/// </remarks>
public sealed class TimerService : Service
{
    private static readonly TimeSpan _longestDelay = TimeSpan.FromDays(1);

    private readonly TimeSpan _step;
    private readonly Func<CancellationToken, Task> _call;

    /// <summary>Initializes a timer. Makes no call before the start.</summary>
    /// <param name="step">The interval.</param>
    /// <param name="call">The function, called on the thread pool. Its token is cancelled when the
    /// service is to stop. <see cref="OperationCanceledException"/> is not a failure then.</param>
    /// <exception cref="ArgumentOutOfRangeException">The interval is not greater than zero.</exception>
    public TimerService(TimeSpan step, Func<CancellationToken, Task> call)
    {
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(step, TimeSpan.Zero);
        ArgumentNullException.ThrowIfNull(call);
        (_step, _call) = (step, call);
    }

    /// <summary>Initializes a timer for a synchronous function. Makes no call before the start.</summary>
    /// <param name="step">The interval.</param>
    /// <param name="call">The function, called on the thread pool.</param>
    /// <exception cref="ArgumentOutOfRangeException">The interval is not greater than zero.</exception>
    public TimerService(TimeSpan step, Action call)
        : this(step, Synchronously(call))
    {
    }

    /// <summary>Gets the clock. Defaults to the system clock.</summary>
    public TimeProvider TimeProvider { get; init; } = TimeProvider.System;

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        // The first call must not delay the start of the services after this one.
        await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
        var start = TimeProvider.GetTimestamp();
        while (!stoppingToken.IsCancellationRequested)
        {
            await _call(stoppingToken);
            var steps = TimeProvider.GetElapsedTime(start).Ticks / _step.Ticks;
            await WaitAsync(start, _step * (steps + 1), stoppingToken);
        }
    }

    /// <summary>Waits until the given time since the start. A timer counts whole milliseconds and may fire early by a fraction of one.</summary>
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
