namespace TacHost.Control.Wire;

/// <summary>The result of the method <c>cluster</c>: a cluster as one of its nodes sees it.</summary>
internal sealed record ClusterReport
{
    public string Node { get; init; } = "";

    /// <summary>Gets whether enough nodes have joined for deployments to be placed.</summary>
    public bool Ready { get; init; }

    /// <summary>Gets the nodes, sorted by name.</summary>
    public IReadOnlyList<ClusterNode> Nodes { get; init; } = [];

    public ClusterSet Desired { get; init; } = new();

    /// <summary>Returns the names of all deployments, sorted.</summary>
    public IReadOnlyList<string> Names() =>
        [.. Nodes.SelectMany(node => node.Units).Where(unit => !Desired.Applied || Desired.Find(unit.Name) is not null || unit.Here).Select(unit => unit.Name)
            .Concat(Desired.Units.Where(unit => Desired.Applied || unit.Off).Select(unit => unit.Name)).Distinct().Order(StringComparer.Ordinal)];

    /// <summary>Returns the node that runs a deployment. A node that others cannot reach counts only if no other has the deployment.</summary>
    public (ClusterNode Node, ClusterUnit Unit)? Owner(string name) =>
        Nodes.OrderBy(node => node.State is "unreachable" or "down").SelectMany(node => node.Units.Where(unit => unit.Name == name && unit.Here).Select(unit => ((ClusterNode, ClusterUnit)?)(node, unit))).FirstOrDefault();
}

/// <summary>A node of a cluster.</summary>
internal sealed record ClusterNode
{
    public string Name { get; init; } = "";

    /// <summary>Gets the address at which other nodes reach the node.</summary>
    public string Address { get; init; } = "";

    /// <summary>Gets the state: joining, up, leaving, unreachable or down.</summary>
    public string State { get; init; } = "";

    public string Version { get; init; } = "";

    public IReadOnlyList<string> Roles { get; init; } = [];

    /// <summary>Gets the version of the desired state that the deployments of the node have followed.</summary>
    public long Followed { get; init; }

    /// <summary>Gets the deployments that the node can run, sorted by name.</summary>
    public IReadOnlyList<ClusterUnit> Units { get; init; } = [];
}

/// <summary>A deployment on a node of a cluster.</summary>
internal sealed record ClusterUnit
{
    public string Name { get; init; } = "";

    /// <summary>Gets the hash of the content on the disk of the node, or null if it has never compiled there.</summary>
    public string? Hash { get; init; }

    /// <summary>Gets the hash of the content that the node would start, or null.</summary>
    public string? Ready { get; init; }

    /// <summary>Gets the hash of the content that runs on the node, or null.</summary>
    public string? Runs { get; init; }

    /// <summary>Gets whether the node is the one that runs the deployment.</summary>
    public bool Here { get; init; }

    /// <summary>Gets the state of the deployment on the node, as in <see cref="UnitReport.State"/>.</summary>
    public string State { get; init; } = "";

    public string? Reason { get; init; }

    public int? Pid { get; init; }

    /// <summary>Gets the epoch of the last start on the node, or null.</summary>
    public long? Epoch { get; init; }

    public IReadOnlyList<string> Addresses { get; init; } = [];
}
