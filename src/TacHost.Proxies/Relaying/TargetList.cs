using TacHost.Services;

namespace TacHost.Proxies.Relaying;

/// <summary>A list of targets that records which of them could not be reached recently.</summary>
/// <param name="targets">The targets, in the order of preference.</param>
/// <param name="backoff">The time for which an unreachable target is tried last, by the number of its failures.</param>
/// <param name="timeProvider">The clock.</param>
internal sealed class TargetList<T>(IReadOnlyList<T> targets, Backoff backoff, TimeProvider timeProvider)
    where T : notnull
{
    private readonly Lock _gate = new();
    private readonly Dictionary<T, (long Since, int Failures)> _down = [];

    /// <summary>Returns all targets in the order to try them. Unreachable targets are last, so that there is always one to try.</summary>
    public IReadOnlyList<T> InOrder()
    {
        lock (_gate)
            return [.. targets.OrderBy(IsDown)];
    }

    /// <summary>Records that a target could not be reached.</summary>
    /// <returns>True if the target was reachable before.</returns>
    public bool NoteDown(T target)
    {
        lock (_gate)
        {
            var failures = _down.GetValueOrDefault(target).Failures + 1;
            _down[target] = (timeProvider.GetTimestamp(), failures);
            return failures == 1;
        }
    }

    /// <summary>Records that a target was reached.</summary>
    /// <returns>True if the target was unreachable before.</returns>
    public bool NoteUp(T target)
    {
        lock (_gate)
            return _down.Remove(target);
    }

    private bool IsDown(T target) => _down.TryGetValue(target, out var down) && timeProvider.GetElapsedTime(down.Since) < backoff.DelayAfter(down.Failures);
}
