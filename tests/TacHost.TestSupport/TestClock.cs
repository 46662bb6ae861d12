using Microsoft.Extensions.Time.Testing;

namespace TacHost.TestSupport;

/// <summary>A clock that stands until a test moves it, and knows what is waited for.</summary>
public sealed class TestClock : FakeTimeProvider
{
    private readonly Lock _gate = new();
    private readonly List<TimeSpan> _timers = [];
    private TaskCompletionSource _changed = new(TaskCreationOptions.RunContinuationsAsynchronously);

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

    /// <summary>Waits until somebody waits for so long a time, and forgets that.</summary>
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

            await changed.Soon();
        }
    }
}
