using System.Runtime.InteropServices;

namespace TacHost.Services;

public partial class MultiService
{
    /// <summary>Registers a child whose parent is this collection already.</summary>
    /// <returns>What the caller ends when it has started the child, or null if it has not to.</returns>
    private Arrival? Take(IService child, bool mayStart)
    {
        lock (_childrenGate)
        {
            if (child.Parent != this)
                throw new InvalidOperationException($"The service '{child.ServicePath}' cannot join '{ServicePath}', because it belongs to '{PathOf(child.Parent!)}' already. Await SetServiceParentAsync to move it.");
            if (_joining == Joining.IsRefused)
                throw new InvalidOperationException($"The service '{NameOf(child)}' cannot join '{ServicePath}', because that is stopping.");
            if (_joining == Joining.StartsAtOnce && !mayStart)
                throw new InvalidOperationException($"The service '{NameOf(child)}' cannot join '{ServicePath}' without being started, because that is running. Await SetServiceParentAsync instead.");
            if (child.State is not (ServiceState.Stopped or ServiceState.Failed))
                throw new InvalidOperationException($"The service '{NameOf(child)}' cannot join '{ServicePath}' while it is {child.State.ToString().ToLowerInvariant()}. Stop it first.");
            Register(child);
            if (_joining != Joining.StartsAtOnce)
                return null;
            Arrival arrival = new();
            _arrivals.Add(arrival);
            return arrival;
        }
    }

    private void Register(IService child)
    {
        var segments = _bySegment ??= new Dictionary<string, IService>(StringComparer.Ordinal);
        if (IsChild(child))
            throw new InvalidOperationException($"The service '{child.ServicePath}' is a child of '{ServicePath}' already.");
        var segment = child.Name ?? FreeSegment(NameOf(child), segments);
        if (!segments.TryAdd(segment, child))
            throw new InvalidOperationException($"The service '{ServicePath}' cannot have two children named '{segment}', a {TypeName.Of(segments[segment].GetType())} and a {TypeName.Of(child.GetType())}. Give one of them another name with SetName.");

        _children.Add(child);
        if (child is Service service)
            service.Segment = segment;
    }

    /// <summary>The type's name for the first unnamed child of a type, with '-2', '-3' … for those that follow.</summary>
    private string FreeSegment(string type, Dictionary<string, IService> segments)
    {
        ref var last = ref CollectionsMarshal.GetValueRefOrAddDefault(_lastOfType ??= [], type, out _);
        string segment;
        do
            segment = ++last == 1 ? type : $"{type}-{last}";
        while (segments.ContainsKey(segment));
        return segment;
    }

    private bool Drop(IService child)
    {
        lock (_childrenGate)
        {
            var index = _children.IndexOf(child);
            if (index < 0)
                return false;
            _children.RemoveAt(index);
            _bySegment!.Remove(SegmentOf(child));
            if (index < _next)
                _next--;
            return true;
        }
    }

    private bool IsChild(IService child) =>
        child is Service service ? service.Segment is { } segment && _bySegment?.GetValueOrDefault(segment) == child : _children.Contains(child);

    private static string NameOf(IService child) => (child as Service)?.OwnName ?? child.Name ?? TypeName.Of(child.GetType());

    private string SegmentOf(IService child) =>
        (child as Service)?.Segment ?? _bySegment!.First(pair => ReferenceEquals(pair.Value, child)).Key;

    /// <summary>The start of a child that joins a running collection, which a stop of that collection cuts short.</summary>
    private sealed class Arrival
    {
        private readonly CancellationTokenSource _cancellation = new();
        private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public CancellationToken Cancelled => _cancellation.Token;

        public void End() => _ended.SetResult();

        public async Task CancelAsync(CancellationToken cancellationToken)
        {
            await _cancellation.CancelAsync();
            await _ended.Task.WaitAsync(cancellationToken);
        }
    }
}
