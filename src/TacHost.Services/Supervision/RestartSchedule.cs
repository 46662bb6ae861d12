using System.Diagnostics.CodeAnalysis;

namespace TacHost.Services.Supervision;

/// <summary>The restarts of a supervisor that wait for their time. Used by one thread at a time.</summary>
/// <param name="timeProvider">The clock.</param>
/// <param name="wake">Called on a thread of the clock when a restart is due.</param>
internal sealed class RestartSchedule(TimeProvider timeProvider, Action wake) : IDisposable
{
    private static readonly TimeSpan _longestTimer = TimeSpan.FromDays(1);

    private readonly PriorityQueue<IService, long> _restarts = new();
    private readonly ITimer _timer = timeProvider.CreateTimer(static wake => ((Action)wake!)(), wake, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);

    /// <returns>When the restart is due, as a timestamp.</returns>
    public long Add(IService child, TimeSpan delay)
    {
        var due = timeProvider.GetTimestamp() + (long)(delay.TotalSeconds * timeProvider.TimestampFrequency);
        _restarts.Enqueue(child, due);
        return due;
    }

    /// <summary>Removes a restart that is due, or sets the timer for the next one.</summary>
    public bool TryTake([NotNullWhen(true)] out IService? child, out long due)
    {
        if (!_restarts.TryPeek(out child, out due))
            return false;
        var now = timeProvider.GetTimestamp();
        if (due <= now)
        {
            _restarts.Dequeue();
            return true;
        }

        // A timer counts whole milliseconds.
        var left = timeProvider.GetElapsedTime(now, due);
        _timer.Change(left < _longestTimer ? TimeSpan.FromMilliseconds(Math.Ceiling(left.TotalMilliseconds)) : _longestTimer, Timeout.InfiniteTimeSpan);
        return false;
    }

    public void Dispose() => _timer.Dispose();
}
