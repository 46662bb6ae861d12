using TacHost.Control.Wire;

namespace TacHost.Cluster;

/// <summary>The last events that a node has noticed. Used by any thread.</summary>
internal sealed class EventLog
{
    private const int Capacity = 1000;

    private readonly Lock _gate = new();
    private readonly Queue<ClusterEvent> _events = [];
    private long _last;

    public void OfNode(string node, string text) => Add("node", node, text);

    public void OfDesired(long version) => Add("cluster", "", $"the desired state has version {version}");

    /// <summary>Returns the events after one.</summary>
    public ClusterEvents After(long number)
    {
        lock (_gate)
            return new ClusterEvents([.. _events.Where(each => each.Number > number)]);
    }

    public void Compare(ClusterReport old, ClusterReport now)
    {
        foreach (var node in now.Nodes)
        {
            if (old.Nodes.FirstOrDefault(each => each.Name == node.Name) is { } before)
                Compare(before, node);
            else
                OfNode(node.Name, $"up at {node.Address}");
        }

        foreach (var gone in old.Nodes.Where(node => !now.Nodes.Any(each => each.Name == node.Name)))
            OfNode(gone.Name, "gone");
        if (old.Desired.Version != now.Desired.Version)
            OfDesired(now.Desired.Version);
    }

    public void Compare(ClusterNode old, ClusterNode now)
    {
        foreach (var unit in now.Units)
        {
            var before = old.Units.FirstOrDefault(each => each.Name == unit.Name) ?? new ClusterUnit { State = "off" };
            if ((before.State, before.Epoch, before.Reason) == (unit.State, unit.Epoch, unit.Reason))
                continue;
            if (unit.Here || before.Here)
                Add("deployment", unit.Name, $"{unit.State} on {now.Name}{(unit is { State: "running", Epoch: { } epoch } ? $", epoch {epoch}" : "")}{(unit.Reason is { } reason ? $": {reason.Split('\n')[0]}" : "")}");
            else if (before.Hash != unit.Hash && unit.Hash is null)
                Add("deployment", unit.Name, $"does not compile on {now.Name}");
        }
    }

    private void Add(string kind, string name, string text)
    {
        lock (_gate)
        {
            _events.Enqueue(new ClusterEvent { Number = ++_last, Time = TimeProvider.System.GetLocalNow(), Kind = kind, Name = name, Text = text });
            if (_events.Count > Capacity)
                _events.Dequeue();
        }
    }
}
