namespace TacHost.Control.Wire;

/// <summary>The desired state of a cluster, which all nodes share. Each change makes the next version.</summary>
internal sealed record ClusterSet
{
    /// <summary>Gets the number of changes that have led to this state.</summary>
    public long Version { get; init; }

    /// <summary>Gets whether only the listed deployments run. Before the first apply, the directories of the nodes decide.</summary>
    public bool Applied { get; init; }

    /// <summary>Gets the names of the nodes that run nothing.</summary>
    public IReadOnlyList<string> Draining { get; init; } = [];

    /// <summary>Gets the deployments about which something is known, sorted by name.</summary>
    public IReadOnlyList<DesiredUnit> Units { get; init; } = [];

    public DesiredUnit? Find(string name) => Units.FirstOrDefault(unit => unit.Name == name);

    /// <summary>Returns whether a deployment should run on a node.</summary>
    public bool Wants(string name) => Find(name) is { } unit ? !unit.Off : !Applied;

    /// <summary>Returns a state in which a deployment is replaced or added.</summary>
    public ClusterSet With(DesiredUnit unit) =>
        this with { Units = [.. Units.Where(each => each.Name != unit.Name).Append(unit).OrderBy(each => each.Name, StringComparer.Ordinal)] };

    public ClusterSet With(string name, Func<DesiredUnit, DesiredUnit> change) => With(change(Find(name) ?? new DesiredUnit { Name = name }));
}

/// <summary>The desired state of a deployment of a cluster.</summary>
internal sealed record DesiredUnit
{
    public string Name { get; init; } = "";

    /// <summary>Gets whether an operator has turned the deployment off.</summary>
    public bool Off { get; init; }

    public string? Node { get; init; }

    /// <summary>Gets the hash of the content that all nodes must have, or null if the content of each node counts.</summary>
    public string? Hash { get; init; }

    /// <summary>Gets the parameters of the tac file, which are given to it like <c>--set</c>.</summary>
    public IReadOnlyDictionary<string, string> Parameters { get; init; } = new Dictionary<string, string>();

    /// <summary>Gets the constraints on the node, such as <c>role=gpu</c>.</summary>
    public IReadOnlyList<string> Constraints { get; init; } = [];

    /// <summary>Returns whether another deployment has the same parameters.</summary>
    public bool HasParametersOf(DesiredUnit? other) =>
        Parameters.OrderBy(each => each.Key, StringComparer.Ordinal).SequenceEqual((other?.Parameters ?? new Dictionary<string, string>()).OrderBy(each => each.Key, StringComparer.Ordinal));
}
