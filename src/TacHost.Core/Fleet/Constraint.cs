using TacHost.Control.Wire;

namespace TacHost.Fleet;

/// <summary>A constraint on the node of a deployment: <c>node=NAME</c>, <c>role=NAME</c>, either with <c>!=</c>, or <c>apart-from=DEPLOYMENT</c>.</summary>
internal sealed record Constraint(string Subject, bool IsNegated, string Value)
{
    private const string Node = "node", Role = "role", ApartFrom = "apart-from";

    /// <summary>Reads a constraint.</summary>
    /// <exception cref="TacHostException">The text is not a constraint.</exception>
    public static Constraint Read(string text)
    {
        var parts = text.Split('=', 2);
        var isNegated = parts[0].EndsWith('!');
        Constraint constraint = new(isNegated ? parts[0][..^1] : parts[0], isNegated, parts.Length == 2 ? parts[1] : "");
        return constraint.Value.Length > 0 && (constraint.Subject is Node or Role || (constraint.Subject == ApartFrom && !isNegated))
            ? constraint
            : throw new TacHostException(ExitCode.Usage, $"'{text}' is not a constraint. Write node=NAME, node!=NAME, role=NAME, role!=NAME or apart-from=DEPLOYMENT.");
    }

    /// <summary>Returns whether a node meets the constraint.</summary>
    /// <param name="node">The node.</param>
    /// <param name="others">The deployments that the node has been given.</param>
    public bool IsMet(ClusterNode node, IEnumerable<string> others) => Subject switch
    {
        Node => node.Name == Value != IsNegated,
        Role => node.Roles.Contains(Value) != IsNegated,
        _ => !others.Contains(Value),
    };
}
