namespace TacHost.Control.Wire;

/// <summary>The result of the method <c>cluster</c>: a cluster as one of its nodes sees it.</summary>
internal sealed record ClusterReport
{
    /// <summary>Gets the name of the node that answers.</summary>
    public string Node { get; init; } = "";

    /// <summary>Gets whether enough nodes have joined for deployments to be placed.</summary>
    public bool Ready { get; init; }

    /// <summary>Gets the nodes, sorted by name.</summary>
    public IReadOnlyList<ClusterNode> Nodes { get; init; } = [];
}

/// <summary>A node of a cluster.</summary>
internal sealed record ClusterNode
{
    /// <summary>Gets the name.</summary>
    public string Name { get; init; } = "";

    /// <summary>Gets the address at which other nodes reach the node.</summary>
    public string Address { get; init; } = "";

    /// <summary>Gets the state: joining, up, leaving, unreachable or down.</summary>
    public string State { get; init; } = "";

    /// <summary>Gets the version of tachost.</summary>
    public string Version { get; init; } = "";

    /// <summary>Gets the deployments that the node can run, sorted by name.</summary>
    public IReadOnlyList<ClusterUnit> Units { get; init; } = [];
}

/// <summary>A deployment on a node of a cluster.</summary>
internal sealed record ClusterUnit
{
    /// <summary>Gets the name.</summary>
    public string Name { get; init; } = "";

    /// <summary>Gets the hash of the sources on the node, or null if they do not compile there.</summary>
    public string? Hash { get; init; }

    /// <summary>Gets whether the node is the one that runs the deployment.</summary>
    public bool Here { get; init; }

    /// <summary>Gets the state of the deployment on the node, with the words of <see cref="UnitReport.State"/>.</summary>
    public string State { get; init; } = "";

    /// <summary>Gets the reason of the state, or null.</summary>
    public string? Reason { get; init; }

    /// <summary>Gets the process ID, or null.</summary>
    public int? Pid { get; init; }

    /// <summary>Gets the epoch of the last start on the node, or null.</summary>
    public long? Epoch { get; init; }

    /// <summary>Gets the addresses on which the services listen.</summary>
    public IReadOnlyList<string> Addresses { get; init; } = [];
}
