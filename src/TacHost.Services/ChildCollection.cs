using System.Globalization;
using System.Runtime.InteropServices;

namespace TacHost.Services;

/// <summary>The children of a group, with their order, their path segments, and the position of a start that iterates over them. Thread-safe.</summary>
internal sealed class ChildCollection(MultiService owner)
{
    private readonly Lock _gate = new();
    private readonly List<IService> _children = [];
    private readonly List<PendingStart> _pendingStarts = [];
    private Dictionary<string, IService>? _bySegment;

    /// <summary>For each type, a lower bound of the free numbers for unnamed children of that type.</summary>
    private Dictionary<string, int>? _nextNumbers;

    /// <summary>The position of the current pass. Removing a child before that position decrements it.</summary>
    private int _next;
    private volatile AddPolicy _policy;

    /// <summary>The policy for a child that is added now.</summary>
    private enum AddPolicy
    {
        Waits,
        JoinsThePass,
        StartsAtOnce,
        IsRefused,
    }

    public bool IsRefusing => _policy == AddPolicy.IsRefused;

    public IService[] Snapshot()
    {
        lock (_gate)
            return [.. _children];
    }

    public IService? Find(string segment)
    {
        lock (_gate)
            return _bySegment?.GetValueOrDefault(segment);
    }

    public bool Contains(IService child)
    {
        lock (_gate)
            return IsChild(child);
    }

    /// <summary>Registers a child whose parent is already set to the owner.</summary>
    /// <returns>The pending start, which the caller must complete after it has started the child; null if the child must not be started now.</returns>
    public PendingStart? Register(IService child, bool mayStart)
    {
        lock (_gate)
        {
            if (child.Parent != owner)
                throw new InvalidOperationException($"The service '{child.ServicePath}' cannot join '{owner.ServicePath}', because it belongs to '{Service.PathOf(child.Parent!)}' already. Await SetServiceParentAsync to move it.");
            if (_policy == AddPolicy.IsRefused)
                throw new InvalidOperationException($"The service '{NameOf(child)}' cannot join '{owner.ServicePath}', because '{owner.ServicePath}' is stopping.");
            if (_policy == AddPolicy.StartsAtOnce && !mayStart)
                throw new InvalidOperationException($"The service '{NameOf(child)}' cannot join '{owner.ServicePath}' without being started, because '{owner.ServicePath}' is running. Await SetServiceParentAsync instead.");
            if (child.State is not (ServiceState.Stopped or ServiceState.Failed))
                throw new InvalidOperationException($"The service '{NameOf(child)}' cannot join '{owner.ServicePath}' while it is {child.State.ToString().ToLowerInvariant()}. Stop it first.");
            Add(child);
            if (_policy != AddPolicy.StartsAtOnce)
                return null;
            PendingStart start = new();
            _pendingStarts.Add(start);
            return start;
        }
    }

    /// <summary>Removes a child and frees its path segment.</summary>
    public bool Unregister(IService child)
    {
        lock (_gate)
        {
            var index = _children.IndexOf(child);
            if (index < 0)
                return false;
            _children.RemoveAt(index);
            var segment = SegmentOf(child);
            _bySegment!.Remove(segment);
            FreeNumber(NameOf(child), segment);
            if (index < _next)
                _next--;
            return true;
        }
    }

    /// <summary>Replaces a stopped instance with a new one at the same position and path segment.</summary>
    /// <returns>true if the old instance was still a child.</returns>
    public bool Replace(Service old, Service successor)
    {
        lock (_gate)
        {
            var index = _children.IndexOf(old);
            if (index < 0)
                return false;
            successor.Succeed(old, owner);
            _children[index] = successor;
            _bySegment![old.Segment!] = successor;
            return true;
        }
    }

    /// <summary>Replaces all children. Children that joined while the owner was running, and that do not leave, are kept after the new ones.</summary>
    public void Become(IReadOnlyList<(IService Child, string Segment)> children, IReadOnlySet<IService> leaving)
    {
        lock (_gate)
        {
            HashSet<IService> listed = new(children.Select(each => each.Child), ReferenceEqualityComparer.Instance);
            var joined = _children.Where(child => !leaving.Contains(child) && !listed.Contains(child)).ToArray();
            _children.Clear();
            _nextNumbers = null;
            _bySegment = new Dictionary<string, IService>(StringComparer.Ordinal);
            foreach (var (child, segment) in children)
            {
                _children.Add(child);
                _bySegment.Add(segment, child);
                if (child is Service service)
                    service.Segment = segment;
            }

            foreach (var child in joined)
                Add(child);
        }
    }

    public void Complete(PendingStart start)
    {
        lock (_gate)
            _pendingStarts.Remove(start);
        start.Complete();
    }

    public void BeginPass()
    {
        lock (_gate)
            (_next, _policy) = (0, AddPolicy.JoinsThePass);
    }

    /// <summary>Returns the next child of the pass, or null after the last.</summary>
    /// <param name="isLastPass">true if a child that is added after the end of this pass must be started at once.</param>
    public IService? Next(bool isLastPass)
    {
        lock (_gate)
        {
            if (_next < _children.Count)
                return _children[_next++];
            if (isLastPass)
                _policy = AddPolicy.StartsAtOnce;
            return null;
        }
    }

    /// <summary>Refuses children from now on.</summary>
    /// <returns>The starts that are still pending.</returns>
    public PendingStart[] Refuse()
    {
        lock (_gate)
        {
            _policy = AddPolicy.IsRefused;
            return [.. _pendingStarts];
        }
    }

    /// <summary>Accepts children again. They wait for the next start.</summary>
    public void Reopen() => _policy = AddPolicy.Waits;

    public string SegmentOf(IService child) =>
        (child as Service)?.Segment ?? _bySegment!.First(pair => ReferenceEquals(pair.Value, child)).Key;

    private static string NameOf(IService child) => (child as Service)?.OwnName ?? child.Name ?? TypeName.Of(child.GetType());

    private void Add(IService child)
    {
        var segments = _bySegment ??= new Dictionary<string, IService>(StringComparer.Ordinal);
        if (IsChild(child))
            throw new InvalidOperationException($"The service '{child.ServicePath}' is a child of '{owner.ServicePath}' already.");
        var segment = child.Name ?? MakeSegment(NameOf(child), segments);
        if (!segments.TryAdd(segment, child))
            throw new InvalidOperationException($"The service '{owner.ServicePath}' cannot have two children named '{segment}', a {TypeName.Of(segments[segment].GetType())} and a {TypeName.Of(child.GetType())}. Give one of them another name with SetName.");

        _children.Add(child);
        if (child is Service service)
            service.Segment = segment;
    }

    /// <summary>Returns the type name for the first unnamed child of a type, and adds '-2', '-3' … for further children. Uses the lowest free number.</summary>
    private string MakeSegment(string type, Dictionary<string, IService> segments)
    {
        ref var number = ref CollectionsMarshal.GetValueRefOrAddDefault(_nextNumbers ??= [], type, out _);
        string segment;
        do
            segment = ++number == 1 ? type : string.Create(CultureInfo.InvariantCulture, $"{type}-{number}");
        while (segments.ContainsKey(segment));
        return segment;
    }

    private void FreeNumber(string type, string segment)
    {
        if (_nextNumbers is null || !_nextNumbers.TryGetValue(type, out var last))
            return;
        var number = segment == type ? 1
            : segment.StartsWith(type + "-", StringComparison.Ordinal) && int.TryParse(segment.AsSpan(type.Length + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var parsed) ? parsed : int.MaxValue;
        _nextNumbers[type] = Math.Min(last, number - 1);
    }

    private bool IsChild(IService child) =>
        child is Service service ? service.Segment is { } segment && _bySegment?.GetValueOrDefault(segment) == child : _children.Contains(child);
}
