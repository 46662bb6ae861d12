namespace TacHost.Services.Supervision;

/// <summary>Counts the restarts of the last while. Erlang's restart intensity.</summary>
internal sealed class RestartWindow(int maxRestarts, TimeSpan within)
{
    private readonly Queue<long> _restarts = [];

    /// <summary>Counts a restart, unless there were as many as allowed.</summary>
    public bool TryAdd(TimeProvider timeProvider)
    {
        if (maxRestarts == int.MaxValue)
            return true;
        var now = timeProvider.GetTimestamp();
        while (_restarts.TryPeek(out var oldest) && timeProvider.GetElapsedTime(oldest, now) >= within)
            _restarts.Dequeue();
        if (_restarts.Count >= maxRestarts)
            return false;
        _restarts.Enqueue(now);
        return true;
    }

    public void Clear() => _restarts.Clear();
}
