using System.Diagnostics;
using TacHost.CommandLine;
using TacHost.Control.Client;
using TacHost.Control.Wire;

namespace TacHost.Fleet;

/// <summary><c>tachost cluster plan</c> and <c>apply</c>: makes a directory the desired state of a cluster, one running deployment after another.</summary>
internal sealed class ClusterApply(ControlClient client, bool isJson, bool revertsAfterFailure)
{
    private const int Changes = 1, Broken = 2;

    private static readonly TimeSpan _interval = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan _longestCompilation = TimeSpan.FromSeconds(10);

    private readonly ClusterChanges _changes = new(client);
    private readonly List<UnitOutcome> _done = [];

    /// <summary>Shows the plan, and carries it out if asked to.</summary>
    public int Run(IReadOnlyList<(DesiredUnit Unit, PreparedApplication.Failure? Failure)> wanted, bool onlyPlan)
    {
        var report = ClusterCommands.Ask(client);
        if (!report.Ready)
            throw new TacHostException(ExitCode.Unavailable, "not enough nodes have joined the cluster yet. Look at 'tachost cluster nodes'.");
        var plan = PlanWhenCompiled(report, wanted);
        if (!isJson)
            Terminal.Write(string.Concat(plan.Select(line => SingleLine.EscapeLines(line.Text) + "\n")));
        else if (onlyPlan)
            Terminal.Write(JsonText.Of(new ReloadReport(plan.Any(HasChange), [.. plan.Select(line => new ReloadedService(line.Verdict.ToString().ToLowerInvariant(), line.Unit.Name, line.Reason, line.Text))], [], "", "", 0), ControlJson.Default.ReloadReport));
        var broken = plan.FirstOrDefault(line => line.Verdict == ClusterVerdict.Broken);
        if (onlyPlan)
            return broken is not null ? Broken : plan.Any(HasChange) ? Changes : ExitCode.Success;
        if (broken is not null)
            throw new TacHostException(broken.ExitCode, SingleLine.Escape($"nothing was changed, because '{broken.Unit.Name}' cannot be accepted: {FleetSummary.FirstLine(broken.Reason)}."));
        IReadOnlyList<string> left = plan.Any(HasChange) ? RollOut(report.Desired, plan) : [];
        if (isJson)
            Terminal.Write(JsonText.Of(new FleetOutcome(_done, left), ControlJson.Default.FleetOutcome));
        else if (left.Count > 0)
            Terminal.WriteError(SingleLine.Escape($"tachost: {left.Count} left as they were: {string.Join(", ", left)}.") + "\n");
        return _done.Any(each => each.ExitCode != ExitCode.Success) ? ExitCode.Unavailable : ExitCode.Success;
    }

    /// <summary>Makes the plan. Files that were just copied to the nodes are still being compiled there.</summary>
    private IReadOnlyList<ClusterPlanLine> PlanWhenCompiled(ClusterReport report, IReadOnlyList<(DesiredUnit Unit, PreparedApplication.Failure? Failure)> wanted)
    {
        var began = Stopwatch.GetTimestamp();
        while (true)
        {
            var plan = ClusterPlan.Make(report, wanted);
            if (!plan.Any(line => line.MayBeCompiling) || Stopwatch.GetElapsedTime(began) > _longestCompilation)
                return plan;
            BlockingWait.For(Task.Delay(_interval));
            report = ClusterCommands.Ask(client);
        }
    }

    private static bool HasChange(ClusterPlanLine line) => line.Verdict != ClusterVerdict.Kept;

    /// <returns>The deployments that were left as they were.</returns>
    private IReadOnlyList<string> RollOut(ClusterSet old, IReadOnlyList<ClusterPlanLine> plan)
    {
        var steps = plan.Where(line => line.IsStep).ToList();
        var first = plan.Where(line => line.Verdict != ClusterVerdict.Removed && !line.IsStep).Select(line => line.Unit)
            .Concat(steps.Select(line => old.Find(line.Unit.Name) ?? line.Unit with { Hash = null, Parameters = new DesiredUnit().Parameters }));
        var version = _changes.MakeNext(old, old with { Applied = true, Units = [.. first.OrderBy(unit => unit.Name, StringComparer.Ordinal)] });
        for (var number = 0; number < steps.Count; number++)
        {
            if (Step(steps[number].Unit, version = version.With(steps[number].Unit)) is var (outcome, next) && Show(outcome))
            {
                version = next;
                continue;
            }

            if (revertsAfterFailure)
                Revert(old, [.. steps[..(number + 1)].Select(step => step.Unit)], next);
            return [.. steps[(number + 1)..].Select(step => step.Unit.Name)];
        }

        foreach (var line in plan.Where(line => line.Verdict is ClusterVerdict.Added && !line.Unit.Off))
            Show(Settled(line.Unit.Name, version.Version));
        return [];
    }

    /// <summary>Reverts the changes in reverse order.</summary>
    private void Revert(ClusterSet old, IReadOnlyList<DesiredUnit> changed, ClusterSet version)
    {
        foreach (var unit in changed.Reverse())
        {
            (var outcome, version) = Step(unit, version.With(old.Find(unit.Name) ?? unit with { Hash = null }));
            Show(outcome with { Message = $"reverted: {outcome.Message}" });
        }
    }

    private (UnitOutcome Outcome, ClusterSet Version) Step(DesiredUnit unit, ClusterSet version)
    {
        var made = _changes.MakeNext(version, version);
        return (Settled(unit.Name, made.Version), made);
    }

    private UnitOutcome Settled(string name, long version)
    {
        var report = _changes.Wait(now => now.Owner(name) is var (node, unit) && node.Followed >= version && ClusterOperation.IsSettled(unit), $"'{name}' to run");
        var (owner, found) = report.Owner(name)!.Value;
        var hash = report.Desired.Find(name)?.Hash;
        return found.State == "running" && (hash is null || found.Runs == hash)
            ? new UnitOutcome(name, ExitCode.Success, $"runs on {owner.Name}")
            : new UnitOutcome(name, ExitCode.Unavailable, $"is {found.State} on {owner.Name}{(found.Reason is { } reason ? $": {FleetSummary.FirstLine(reason)}" : ", and runs another content")}");
    }

    private bool Show(UnitOutcome outcome)
    {
        _done.Add(outcome);
        var isGood = outcome.ExitCode == ExitCode.Success;
        var text = SingleLine.Escape($"{outcome.Name}: {outcome.Message}") + "\n";
        if (isJson)
            return isGood;
        if (isGood)
            Terminal.Write(text);
        else
            Terminal.WriteError($"tachost: {text}");
        return isGood;
    }
}
