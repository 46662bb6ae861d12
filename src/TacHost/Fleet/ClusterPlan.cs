using TacHost.Control.Wire;

namespace TacHost.Fleet;

/// <summary>The plan of an apply to a cluster, with reasons.</summary>
internal static class ClusterPlan
{
    /// <summary>Makes the plan.</summary>
    /// <param name="report">The cluster.</param>
    /// <param name="wanted">The desired state of the directory.</param>
    public static IReadOnlyList<ClusterPlanLine> Make(ClusterReport report, IReadOnlyList<(DesiredUnit Unit, PreparedApplication.Failure? Failure)> wanted)
    {
        List<ClusterPlanLine> plan = [];
        foreach (var (unit, failure) in wanted)
        {
            // Orders of operators stay: a preferred node, and a stop.
            var old = report.Desired.Find(unit.Name);
            var next = unit with { Node = old?.Node, Off = unit.Off || old is { Off: true } };
            plan.Add(failure is not null ? new ClusterPlanLine(ClusterVerdict.Broken, next, failure.Message) { ExitCode = failure.ExitCode }
                : ProblemOf(report, next) is var (problem, isContent) ? new ClusterPlanLine(ClusterVerdict.Broken, next, problem) { MayBeCompiling = isContent }
                : Compare(report, old, next));
        }

        foreach (var name in report.Names().Where(name => !wanted.Any(each => each.Unit.Name == name)))
            plan.Add(new ClusterPlanLine(ClusterVerdict.Removed, new DesiredUnit { Name = name }, "its tac file is gone"));
        return [.. plan.OrderBy(line => line.Unit.Name, StringComparer.Ordinal)];
    }

    private static ClusterPlanLine Compare(ClusterReport report, DesiredUnit? old, DesiredUnit next)
    {
        if (!report.Names().Contains(next.Name))
            return new ClusterPlanLine(ClusterVerdict.Added, next, "is new");
        var runs = old?.Hash ?? report.Owner(next.Name)?.Unit.Runs;
        if (runs is not null && runs != next.Hash)
            return new ClusterPlanLine(ClusterVerdict.Reloaded, next, "its content has changed");
        if (!next.HasParametersOf(old))
            return new ClusterPlanLine(ClusterVerdict.Restarted, next, "its parameters have changed");
        if (!next.Constraints.SequenceEqual(old?.Constraints ?? []))
            return new ClusterPlanLine(ClusterVerdict.Changed, next, "its constraints have changed");
        if (next.Off != (old?.Off ?? false))
            return new ClusterPlanLine(ClusterVerdict.Changed, next, next.Off ? "is turned off" : "is turned on");
        return new ClusterPlanLine(old?.Hash is null ? ClusterVerdict.Changed : ClusterVerdict.Kept, next, old?.Hash is null ? "its content is agreed on for the first time" : "");
    }

    /// <summary>Returns the reason why a deployment cannot be accepted, or null: each node that may be given it must have its content.</summary>
    private static (string Problem, bool IsContent)? ProblemOf(ClusterReport report, DesiredUnit unit)
    {
        var eligible = report.Nodes.Where(node => node.State == "up" && !report.Desired.Draining.Contains(node.Name) && Eligibility.Unmet(unit, node, []) is null).ToList();
        if (eligible.Count == 0)
            return (unit.Constraints.Count == 0 ? "no node is up that is not draining" : $"no node that is up meets its constraints: {string.Join(", ", unit.Constraints)}", false);
        var problems = eligible.Select(node => (node.Name, Reason: Eligibility.ExplainContentRefusal(unit, node))).Where(each => each.Reason is not null).Select(each => $"node '{each.Name}' cannot run it: {each.Reason}").ToList();
        return problems.Count == 0 ? null : (string.Join("; ", problems), true);
    }
}

/// <summary>The kinds of lines in the plan of an apply to a cluster.</summary>
internal enum ClusterVerdict
{
    Kept,
    Added,
    Removed,

    /// <summary>The deployment runs elsewhere, or starts or stops.</summary>
    Changed,
    Reloaded,
    Restarted,

    /// <summary>The deployment cannot be accepted, and nothing is done.</summary>
    Broken,
}

/// <summary>A line of the plan of an apply to a cluster.</summary>
/// <param name="Verdict">The kind.</param>
/// <param name="Unit">The deployment as it would be.</param>
/// <param name="Reason">The reason, or empty.</param>
internal sealed record ClusterPlanLine(ClusterVerdict Verdict, DesiredUnit Unit, string Reason)
{
    /// <summary>Gets the exit code of an apply that is refused because of the line.</summary>
    public int ExitCode { get; init; } = TacHost.ExitCode.Unavailable;

    /// <summary>Gets whether a node may have the content that is missing in a moment.</summary>
    public bool MayBeCompiling { get; init; }

    /// <summary>Gets whether the running process changes, so that the line is a step of the rollout.</summary>
    public bool IsStep => Verdict is ClusterVerdict.Reloaded or ClusterVerdict.Restarted && !Unit.Off;

    public string Text
    {
        get
        {
            var sign = Verdict switch { ClusterVerdict.Added => '+', ClusterVerdict.Removed => '-', ClusterVerdict.Kept => '=', ClusterVerdict.Broken => '!', _ => '~' };
            return Reason.Length == 0 ? $"{sign} {Unit.Name}" : $"{sign} {Unit.Name}: {Reason}";
        }
    }
}
