namespace TacHost.Control.Wire;

/// <summary>An event of a cluster, as one node has noticed it.</summary>
internal sealed record ClusterEvent
{
    public long Number { get; init; }

    public DateTimeOffset Time { get; init; }

    public string Kind { get; init; } = "";

    public string Name { get; init; } = "";

    public string Text { get; init; } = "";
}

/// <summary>The result of the method <c>cluster-events</c>.</summary>
/// <param name="Events">The events, the oldest first.</param>
internal sealed record ClusterEvents(IReadOnlyList<ClusterEvent> Events);
