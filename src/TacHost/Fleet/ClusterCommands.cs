using System.Globalization;
using System.Text.Json;
using TacHost.CommandLine;
using TacHost.Control.Client;
using TacHost.Control.Wire;

namespace TacHost.Fleet;

/// <summary>The commands for a cluster, which one of its nodes executes.</summary>
internal static class ClusterCommands
{
    private const int HashDigits = 8, NodeStateColumn = 2, UnitStateColumn = 1;

    /// <summary>Executes a command.</summary>
    /// <param name="request">The command.</param>
    /// <param name="prepare">Prepares a tac file.</param>
    /// <exception cref="TacHostException">No node runs here, or it does not know the name.</exception>
    public static int Run(HostRequest.OperateCluster request, Func<HostOptions, string, PreparedUnit> prepare)
    {
        var command = request.Options.Command;
        using var client = Connect(command.Fleet);
        switch (request.Command)
        {
            case "events":
                return ClusterEventsCommand.Run(client, command);
            case "logs":
                return ClusterLogs.Run(client, command, request.Words[0]);
            case "plan" or "apply":
                var wanted = ClusterSettings.ReadDirectory(request.Words[0], file => prepare(request.Options, file));
                return new ClusterApply(client, command.Json, command.Cluster.AutoRevert).Run(wanted, onlyPlan: request.Command == "plan");
            case not ("nodes" or "ls" or "where"):
                return new ClusterOperation(client, command.Json).Run(request.Command, request.Words);
        }

        var report = Ask(client);
        if (request.Command == "where")
            return Where(report, request.Words[0], command.Json);
        if (command.Json)
            Terminal.Write(JsonText.Of(report, ControlJson.Default.ClusterReport));
        else
            Terminal.Write(request.Command == "nodes" ? Nodes(report) : Units(report));
        return request.Command == "nodes" ? ExitCodeOfNodes(report) : ExitCodeOfUnits(report);
    }

    public static ClusterReport Ask(ControlClient client) => client.Call("cluster", null, ControlClient.Timeout).Deserialize(ControlJson.Default.ClusterReport)!;

    /// <summary>Checks that a deployment exists.</summary>
    /// <exception cref="TacHostException">No node knows the deployment.</exception>
    public static void CheckName(ClusterReport report, string name)
    {
        if (!report.Names().Contains(name))
            throw new TacHostException(ExitCode.Usage, SingleLine.Escape($"there is no deployment '{name}' in the cluster.{(DidYouMean.To(name, report.Names()) is { } near ? $" Did you mean '{near}'?" : "")}"));
    }

    private static ControlClient Connect(FleetOptions fleet) => FleetClient.TryConnect(fleet)
        ?? throw new TacHostException(ExitCode.Unavailable, SingleLine.Escape($"no node of a cluster runs here: '{fleet.EmperorPidFile}' is not locked. Start one with 'tachost cluster --node NAME ... {fleet.Directory}', or say where it runs with --run, and --fleet or {FleetCommandLine.Variable}."));

    /// <returns>0, or 1 if deployments are not placed yet or a node is not up: for monitoring.</returns>
    private static int ExitCodeOfNodes(ClusterReport report) => report.Ready && report.Nodes.All(node => node.State == "up") ? 0 : 1;

    /// <returns>0, or 1 if a deployment that should run does not run on any node.</returns>
    private static int ExitCodeOfUnits(ClusterReport report) => report.Ready && report.Names().All(name => !report.Desired.Wants(name) || report.Owner(name) is { Unit.State: "running" }) ? 0 : 1;

    private static string Nodes(ClusterReport report)
    {
        Table table = new("NODE", "ADDRESS", "STATE", "VERSION", "RUNS", "CAN RUN");
        foreach (var node in report.Nodes)
        {
            table.Add(
                node.Name, node.Address, report.Desired.Draining.Contains(node.Name) ? $"{node.State}, draining" : node.State, node.Version,
                Number(node.Units.Count(unit => unit.Here)), Number(node.Units.Count(unit => unit.Hash is not null)));
        }

        return table.ToString(Screen.Standard.Width, (column, text) => column == NodeStateColumn ? Screen.Standard.State(text) : text);
    }

    private static string Units(ClusterReport report)
    {
        Table table = new("NAME", "STATE", "NODE", "EPOCH", "ADDRESSES", "SOURCE", "REASON") { TruncatesEnd = true };
        foreach (var name in report.Names())
        {
            var (node, unit) = OwnerOf(report, name);
            table.Add(name, unit.State, node.Name, Number(unit.Epoch), string.Join(", ", unit.Addresses), (unit.Runs ?? unit.Hash)?[..HashDigits] ?? "", string.Join("; ", Remarks(report, unit)));
        }

        return report.Names().Count == 0 ? "The cluster has no deployments.\n" : table.ToString(Screen.Standard.Width, (column, text) => column == UnitStateColumn ? Screen.Standard.State(text) : text);
    }

    /// <summary>Returns the reason of the state, and the nodes whose content is another one.</summary>
    private static IEnumerable<string> Remarks(ClusterReport report, ClusterUnit unit)
    {
        if (unit.Reason is { } reason)
            yield return FleetSummary.FirstLine(reason);
        if ((report.Desired.Find(unit.Name)?.Hash ?? unit.Runs) is not { } wanted)
            yield break;
        foreach (var node in report.Nodes)
        {
            if (node.Units.FirstOrDefault(each => each.Name == unit.Name) is { Hash: { } hash } && hash != wanted)
                yield return $"{node.Name} has other content ({hash[..HashDigits]})";
        }
    }

    /// <summary>Prints a line for each address: <c>ADDRESS NODE EPOCH</c>.</summary>
    /// <returns>0 if the deployment runs, otherwise 69.</returns>
    private static int Where(ClusterReport report, string name, bool isJson)
    {
        CheckName(report, name);
        var (node, unit) = OwnerOf(report, name);
        if (isJson)
            Terminal.Write(JsonText.Of(node with { Units = [unit] }, ControlJson.Default.ClusterNode));
        else if (unit.State == "running")
            Terminal.Write(string.Concat(unit.Addresses.DefaultIfEmpty("-").Select(address => string.Create(CultureInfo.InvariantCulture, $"{address} {node.Name} {unit.Epoch}\n"))));
        else
            Terminal.WriteError(SingleLine.Escape($"tachost: '{name}' is not running: {unit.State}{(unit.Reason is { } reason ? $", {FleetSummary.FirstLine(reason)}" : "")}.") + "\n");
        return unit.State == "running" ? ExitCode.Success : ExitCode.Unavailable;
    }

    /// <summary>Returns the node that runs a deployment, or an empty one.</summary>
    private static (ClusterNode Node, ClusterUnit Unit) OwnerOf(ClusterReport report, string name) =>
        report.Owner(name) ?? (new ClusterNode(), new ClusterUnit { Name = name, State = report.Desired.Wants(name) ? "waiting" : "off" });

    private static string Number(long? number) => number?.ToString(CultureInfo.InvariantCulture) ?? "";
}
