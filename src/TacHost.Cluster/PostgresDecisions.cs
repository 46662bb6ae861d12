using TacHost.Control.Wire;
using TacHost.Fleet;

namespace TacHost.Cluster;

/// <summary>Decides which leases a node acquires and releases, from what all nodes see.</summary>
internal sealed class PostgresDecisions(string node)
{
    /// <summary>Returns the deployments without a lease for which this node is the best.</summary>
    /// <param name="report">The cluster.</param>
    /// <param name="leases">The leases.</param>
    /// <param name="busy">The deployments that are being started or stopped here.</param>
    public IReadOnlyList<string> ToAcquire(ClusterReport report, IReadOnlyList<PostgresLease> leases, IReadOnlySet<string> busy)
    {
        var loads = Loads(report, leases);
        List<string> names = [];
        foreach (var name in report.Names().Where(name => report.Desired.Wants(name) && !busy.Contains(name) && !leases.Any(lease => lease.Name == name && lease.IsHeld)))
        {
            if (Best(report, name, loads, except: null) is not { } best)
                continue;
            loads[best].Add(name);
            if (best == node)
                names.Add(name);
        }

        return names;
    }

    /// <summary>Returns the deployments that are not to run here: those that are off, and one that another node should have.</summary>
    public IReadOnlyList<string> ToRelease(ClusterReport report, IReadOnlyList<string> held, IReadOnlyList<PostgresLease> leases, IReadOnlySet<string> busy)
    {
        var free = held.Where(name => !busy.Contains(name)).Order(StringComparer.Ordinal).ToList();
        var off = free.Where(name => !report.Desired.Wants(name)).ToList();
        if (off.Count > 0 || busy.Count > 0)
            return off;
        var loads = Loads(report, leases);
        return [.. free.Where(name => Best(report, name, loads, except: node) is { } best && IsBetter(report, name, best, loads)).Take(1)];
    }

    private bool IsBetter(ClusterReport report, string name, string other, Dictionary<string, List<string>> loads)
    {
        var preferred = report.Desired.Find(name)?.Node;
        return !CanRun(report, node, name, loads) || other == preferred || (node != preferred && loads[other].Count + 1 < loads.GetValueOrDefault(node, []).Count);
    }

    private static string? Best(ClusterReport report, string name, Dictionary<string, List<string>> loads, string? except) =>
        loads.Keys.Where(each => each != except && CanRun(report, each, name, loads)).MinBy(each => (each != report.Desired.Find(name)?.Node, loads[each].Count, each));

    private static bool CanRun(ClusterReport report, string node, string name, Dictionary<string, List<string>> loads) =>
        report.Nodes.FirstOrDefault(each => each.Name == node) is { State: "up" } found && Eligibility.ExplainRefusal(report.Desired, found, name, loads.GetValueOrDefault(node, []).Where(other => other != name)) is null;

    private static Dictionary<string, List<string>> Loads(ClusterReport report, IReadOnlyList<PostgresLease> leases) =>
        report.Nodes.ToDictionary(each => each.Name, each => leases.Where(lease => lease.IsHeld && lease.Node == each.Name).Select(lease => lease.Name).ToList());
}
