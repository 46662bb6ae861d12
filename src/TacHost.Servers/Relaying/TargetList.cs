namespace TacHost.Servers.Relaying;

/// <summary>The targets in their order, and which of them could not be reached lately.</summary>
internal sealed class TargetList<T>(IReadOnlyList<T> targets, TimeSpan restTime, TimeProvider timeProvider)
    where T : notnull
{
    private readonly Lock _gate = new();
    private readonly Dictionary<T, long> _down = [];

    /// <summary>The targets in the order in which to try them: those that are down come last, so that there is always one to try.</summary>
    public IReadOnlyList<T> InOrder()
    {
        lock (_gate)
            return [.. targets.OrderBy(IsDown)];
    }

    /// <summary>A target was not reached.</summary>
    /// <returns>Whether that is news.</returns>
    public bool NoteDown(T target)
    {
        lock (_gate)
        {
            var isNews = !_down.ContainsKey(target);
            _down[target] = timeProvider.GetTimestamp();
            return isNews;
        }
    }

    /// <summary>A target was reached.</summary>
    /// <returns>Whether that is news.</returns>
    public bool NoteUp(T target)
    {
        lock (_gate)
            return _down.Remove(target);
    }

    private bool IsDown(T target) => _down.TryGetValue(target, out var since) && timeProvider.GetElapsedTime(since) < restTime;
}
