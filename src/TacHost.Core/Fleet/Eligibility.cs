using TacHost.Control.Wire;

namespace TacHost.Fleet;

/// <summary>Decides whether a node of a cluster can be given a deployment.</summary>
internal static class Eligibility
{
    private const int HashDigits = 8;

    /// <summary>Returns the reason why a node cannot be given a deployment, or null if it can.</summary>
    /// <param name="desired">The desired state.</param>
    /// <param name="node">The node.</param>
    /// <param name="name">The name of the deployment.</param>
    /// <param name="others">The other deployments that the node has been given.</param>
    public static string? ExplainRefusal(ClusterSet desired, ClusterNode node, string name, IEnumerable<string> others)
    {
        if (desired.Draining.Contains(node.Name))
            return "it is draining";
        var wanted = desired.Find(name) ?? new DesiredUnit { Name = name };
        return Unmet(wanted, node, others) is { } constraint ? $"it does not meet the constraint {constraint}" : ExplainContentRefusal(wanted, node);
    }

    /// <summary>Returns the reason why a node cannot run the content of a deployment, or null if it can.</summary>
    public static string? ExplainContentRefusal(DesiredUnit wanted, ClusterNode node)
    {
        if (node.Units.FirstOrDefault(unit => unit.Name == wanted.Name) is not { } unit)
            return "its directory does not have the tac file, or the deployment is off there";
        if (wanted.Hash is null)
            return unit.Hash is null ? "the tac file does not compile there" : null;
        return unit.Hash == wanted.Hash || unit.Ready == wanted.Hash ? null
            : unit.Hash is null ? "the tac file does not compile there"
            : $"it has other content, {unit.Hash[..HashDigits]} rather than {wanted.Hash[..HashDigits]}";
    }

    /// <summary>Returns the first constraint that a node does not meet, or null.</summary>
    public static string? Unmet(DesiredUnit wanted, ClusterNode node, IEnumerable<string> others) =>
        wanted.Constraints.FirstOrDefault(constraint => !Constraint.Read(constraint).IsMet(node, others));
}
