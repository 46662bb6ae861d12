using TacHost.CommandLine;
using TacHost.Control.Client;
using TacHost.Control.Wire;

namespace TacHost.Fleet;

/// <summary>The commands that change the desired state of a cluster, and wait until the cluster is so.</summary>
internal sealed class ClusterOperation(ControlClient client, bool isJson)
{
    private readonly ClusterChanges _changes = new(client);
    private readonly List<UnitOutcome> _done = [];

    /// <summary>Executes a command.</summary>
    /// <exception cref="TacHostException">The names are wrong, or the change did not succeed.</exception>
    public int Run(string verb, IReadOnlyList<string> words)
    {
        var report = ClusterCommands.Ask(client);
        if (verb is "drain" or "undrain")
            CheckNode(report, words[0]);
        else
            ClusterCommands.CheckName(report, words[0]);
        switch (verb)
        {
            case "drain":
                Drain(words[0]);
                break;
            case "undrain":
                _changes.Make(desired => desired with { Draining = [.. desired.Draining.Where(node => node != words[0])] });
                Show(words[0], ExitCode.Success, "can be given deployments");
                break;
            case "move":
                Move(report, words[0], words[1]);
                break;
            case "stop":
                _changes.Make(desired => desired.With(words[0], unit => unit with { Off = true }));
                _changes.Wait(now => now.Nodes.All(node => !node.Units.Any(unit => unit.Name == words[0] && (unit.Here || unit.Pid is not null))), $"'{words[0]}' to stop");
                Show(words[0], ExitCode.Success, "is off");
                break;
            default:
                _changes.Make(desired => desired.With(words[0], unit => unit with { Off = false }));
                Started(words[0]);
                break;
        }

        if (isJson)
            Terminal.Write(JsonText.Of(new FleetOutcome(_done, []), ControlJson.Default.FleetOutcome));
        return _done.FirstOrDefault(each => each.ExitCode != ExitCode.Success)?.ExitCode ?? ExitCode.Success;
    }

    private void Drain(string node)
    {
        _changes.Make(desired => desired with { Draining = [.. desired.Draining.Where(each => each != node).Append(node).Order(StringComparer.Ordinal)] });
        HashSet<string> moving = [.. RunsOn(ClusterCommands.Ask(client), node)];
        var stuck = moving;
        while (moving.Count > 0)
        {
            var before = moving.Count;
            var now = _changes.Wait(report => RunsOn(report, node).Count < before || Stuck(report, node).Count == before, $"a deployment to leave '{node}'");
            HashSet<string> left = [.. RunsOn(now, node)];
            foreach (var name in moving.Except(left))
                Started(name);
            (moving, stuck) = (left, Stuck(now, node));
            if (stuck.Count == moving.Count)
                break;
        }

        foreach (var name in moving)
            Show(name, ExitCode.Unavailable, $"stays on {node}, because no other node can run it");
        if (moving.Count == 0)
            Show(node, ExitCode.Success, "is empty");
    }

    private void Move(ClusterReport report, string name, string node)
    {
        CheckNode(report, node);
        var target = report.Nodes.First(each => each.Name == node);
        var problem = target.State != "up" ? $"it is {target.State}" : Eligibility.ExplainRefusal(report.Desired, target, name, RunsOn(report, node));
        if (problem is not null)
            throw new TacHostException(ExitCode.Unavailable, SingleLine.Escape($"node '{node}' cannot run '{name}': {problem}."));
        if (!report.Desired.Wants(name))
            throw new TacHostException(ExitCode.Usage, SingleLine.Escape($"'{name}' is off. Start it first, with 'tachost cluster start {name}'."));
        _changes.Make(desired => desired.With(name, unit => unit with { Node = node }));
        _changes.Wait(now => now.Owner(name) is var (owner, unit) && owner.Name == node && IsSettled(unit), $"'{name}' to run on '{node}'");
        Started(name);
    }

    /// <summary>Waits until a deployment runs, or has failed.</summary>
    private void Started(string name)
    {
        var now = _changes.Wait(report => report.Owner(name) is { Unit: var unit } && IsSettled(unit), $"'{name}' to run");
        var (node, unit) = now.Owner(name)!.Value;
        Show(name, unit.State == "running" ? ExitCode.Success : ExitCode.Unavailable, $"{unit.State} on {node.Name}{(unit.Reason is { } reason ? $": {FleetSummary.FirstLine(reason)}" : "")}");
    }

    /// <summary>Returns whether a start or a reload is over.</summary>
    public static bool IsSettled(ClusterUnit unit) => unit.State is "running" or "failed" or "backing-off" or "stale";

    private static HashSet<string> RunsOn(ClusterReport report, string node) =>
        [.. report.Nodes.Where(each => each.Name == node).SelectMany(each => each.Units).Where(unit => unit.Here).Select(unit => unit.Name)];

    /// <summary>Returns the deployments of a node that no other node can run.</summary>
    private static HashSet<string> Stuck(ClusterReport report, string node) =>
        [.. RunsOn(report, node).Where(name => !report.Nodes.Any(each => each.Name != node && each.State == "up" && Eligibility.ExplainRefusal(report.Desired, each, name, RunsOn(report, each.Name)) is null))];

    private static void CheckNode(ClusterReport report, string name)
    {
        var names = report.Nodes.Select(node => node.Name).Concat(report.Desired.Draining).Distinct().ToList();
        if (!names.Contains(name))
            throw new TacHostException(ExitCode.Usage, SingleLine.Escape($"there is no node '{name}' in the cluster.{(DidYouMean.To(name, names) is { } near ? $" Did you mean '{near}'?" : "")}"));
    }

    private void Show(string name, int exitCode, string message)
    {
        _done.Add(new UnitOutcome(name, exitCode, message));
        if (isJson)
            return;
        if (exitCode == ExitCode.Success)
            Terminal.Write(SingleLine.Escape($"{name}: {message}") + "\n");
        else
            Terminal.WriteError(SingleLine.Escape($"tachost: {name}: {message}") + "\n");
    }
}
