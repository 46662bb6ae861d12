using System.Globalization;
using System.Text.Json;
using TacHost.CommandLine;
using TacHost.Control.Client;
using TacHost.Control.Wire;

namespace TacHost.Fleet;

/// <summary>The questions to a node of a cluster.</summary>
internal static class ClusterCommands
{
    private const int HashDigits = 8, NodeStateColumn = 2, UnitStateColumn = 1;

    /// <summary>Executes a command.</summary>
    /// <exception cref="TacHostException">No node runs here, or it does not know the name.</exception>
    public static int Run(HostRequest.OperateCluster request)
    {
        var command = request.Options.Command;
        using var client = FleetClient.Connect(command.Fleet);
        var report = client.Call("cluster", null, ControlClient.Patience).Deserialize(ControlJson.Default.ClusterReport)!;
        if (request.Command == "where")
            return Where(report, request.Words[0], command.Json);
        if (command.Json)
            Terminal.Write(JsonText.Of(report, ControlJson.Default.ClusterReport));
        else
            Terminal.Write(request.Command == "nodes" ? Nodes(report) : Units(report));
        return request.Command == "nodes" ? ExitCodeOfNodes(report) : ExitCodeOfUnits(report);
    }

    /// <returns>0, or 1 if deployments are not placed yet or a node is not up: for monitoring.</returns>
    private static int ExitCodeOfNodes(ClusterReport report) => report.Ready && report.Nodes.All(node => node.State == "up") ? 0 : 1;

    /// <returns>0, or 1 if a deployment runs nowhere.</returns>
    private static int ExitCodeOfUnits(ClusterReport report) => report.Ready && NamesOf(report).All(name => Owner(report, name) is { Unit.State: "running" }) ? 0 : 1;

    private static string Nodes(ClusterReport report)
    {
        Table table = new("NODE", "ADDRESS", "STATE", "VERSION", "RUNS", "CAN RUN");
        foreach (var node in report.Nodes)
        {
            table.Add(
                node.Name, node.Address, node.State, node.Version,
                Number(node.Units.Count(unit => unit.Here)), Number(node.Units.Count(unit => unit.Hash is not null)));
        }

        return table.ToString(Screen.Standard.Width, (column, text) => column == NodeStateColumn ? Screen.Standard.State(text) : text);
    }

    private static string Units(ClusterReport report)
    {
        Table table = new("NAME", "STATE", "NODE", "EPOCH", "ADDRESSES", "SOURCE", "REASON") { KeepsBeginning = true };
        foreach (var name in NamesOf(report))
        {
            var (node, unit) = Owner(report, name) ?? ("", new ClusterUnit { State = "waiting" });
            table.Add(name, unit.State, node, Number(unit.Epoch), string.Join(", ", unit.Addresses), unit.Hash?[..HashDigits] ?? "", FleetSummary.FirstLine(unit.Reason ?? ""));
        }

        return NamesOf(report).Count == 0 ? "The cluster has no deployments.\n" : table.ToString(Screen.Standard.Width, (column, text) => column == UnitStateColumn ? Screen.Standard.State(text) : text);
    }

    /// <summary>Prints a line for each address: <c>ADDRESS NODE EPOCH</c>.</summary>
    /// <returns>0 if the deployment runs, otherwise 69.</returns>
    private static int Where(ClusterReport report, string name, bool isJson)
    {
        var names = NamesOf(report);
        if (!names.Contains(name))
            throw new TacHostException(ExitCode.Usage, OneLine.Of($"there is no deployment '{name}' in the cluster.{(DidYouMean.To(name, names) is { } near ? $" Did you mean '{near}'?" : "")}"));
        var (node, unit) = Owner(report, name) ?? ("", new ClusterUnit { State = "waiting" });
        if (isJson)
            Terminal.Write(JsonText.Of(report.Nodes.FirstOrDefault(each => each.Name == node) is { } owner ? owner with { Units = [unit] } : new ClusterNode(), ControlJson.Default.ClusterNode));
        else if (unit.State == "running")
            Terminal.Write(string.Concat(unit.Addresses.DefaultIfEmpty("-").Select(address => string.Create(CultureInfo.InvariantCulture, $"{address} {node} {unit.Epoch}\n"))));
        else
            Terminal.WriteError(OneLine.Of($"tachost: '{name}' is not running: {unit.State}{(unit.Reason is { } reason ? $", {FleetSummary.FirstLine(reason)}" : "")}.") + "\n");
        return unit.State == "running" ? ExitCode.Success : ExitCode.Unavailable;
    }

    private static List<string> NamesOf(ClusterReport report) =>
        [.. report.Nodes.SelectMany(node => node.Units).Select(unit => unit.Name).Distinct().Order(StringComparer.Ordinal)];

    /// <summary>Returns the node that runs a deployment. A node that others cannot reach counts only if no other has the deployment.</summary>
    private static (string Node, ClusterUnit Unit)? Owner(ClusterReport report, string name) =>
        report.Nodes.OrderBy(node => node.State is "unreachable" or "down").SelectMany(node => node.Units.Select(unit => (node.Name, Unit: unit))).Where(each => each.Unit.Name == name && each.Unit.Here).Select(each => ((string, ClusterUnit)?)each).FirstOrDefault();

    private static string Number(long? number) => number?.ToString(CultureInfo.InvariantCulture) ?? "";
}
