using TacHost.Services.Networking;

namespace TacHost.Servers.PortForward;

/// <summary>The targets of a forwarder in their order, and which of them could not be reached lately.</summary>
internal sealed class TargetList(IReadOnlyList<ClientEndpoint> targets, TimeSpan restTime, TimeProvider timeProvider)
{
    private readonly Lock _gate = new();
    private readonly Dictionary<ClientEndpoint, long> _down = [];

    /// <summary>The targets in the order in which to try them: those that are down come last, so that there is always one to try.</summary>
    public IReadOnlyList<ClientEndpoint> InOrder()
    {
        lock (_gate)
            return [.. targets.OrderBy(IsDown)];
    }

    /// <summary>A target was not reached.</summary>
    /// <returns>Whether that is news.</returns>
    public bool NoteDown(ClientEndpoint target)
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
    public bool NoteUp(ClientEndpoint target)
    {
        lock (_gate)
            return _down.Remove(target);
    }

    private bool IsDown(ClientEndpoint target) => _down.TryGetValue(target, out var since) && timeProvider.GetElapsedTime(since) < restTime;
}
