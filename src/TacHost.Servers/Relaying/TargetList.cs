namespace TacHost.Servers.Relaying;

/// <summary>A list of targets that records which of them could not be reached recently.</summary>
internal sealed class TargetList<T>(IReadOnlyList<T> targets, TimeSpan restTime, TimeProvider timeProvider)
    where T : notnull
{
    private readonly Lock _gate = new();
    private readonly Dictionary<T, long> _down = [];

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
            var isNews = !_down.ContainsKey(target);
            _down[target] = timeProvider.GetTimestamp();
            return isNews;
        }
    }

    /// <summary>Records that a target was reached.</summary>
    /// <returns>True if the target was unreachable before.</returns>
    public bool NoteUp(T target)
    {
        lock (_gate)
            return _down.Remove(target);
    }

    private bool IsDown(T target) => _down.TryGetValue(target, out var since) && timeProvider.GetElapsedTime(since) < restTime;
}
