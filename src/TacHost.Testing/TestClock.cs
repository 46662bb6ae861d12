using Microsoft.Extensions.Time.Testing;

namespace TacHost.Testing;

/// <summary>A clock that stands still until a test advances it. A test can wait until a timer has been started.</summary>
/// <remarks>Corresponds to Twisted's <c>task.Clock</c>. Pass it as a <see cref="TimeProvider"/>, for example to a <c>TimerService</c>.</remarks>
public sealed class TestClock : FakeTimeProvider
{
    private readonly Lock _gate = new();
    private readonly List<TimeSpan> _timers = [];
    private TaskCompletionSource _changed = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <inheritdoc/>
    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = base.CreateTimer(callback, state, dueTime, period);
        lock (_gate)
        {
            _timers.Add(dueTime);
            _changed.SetResult();
            _changed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        }

        return timer;
    }

    /// <summary>Waits until a timer with this due time has been started. Each timer is reported once.</summary>
    /// <param name="time">The due time of the timer.</param>
    public async Task WaitsForAsync(TimeSpan time)
    {
        while (true)
        {
            Task changed;
            lock (_gate)
            {
                if (_timers.Remove(time))
                    return;
                changed = _changed.Task;
            }

            await changed;
        }
    }
}
