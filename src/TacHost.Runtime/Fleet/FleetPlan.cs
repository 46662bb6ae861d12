using System.Text;
using TacHost.Hosting;

namespace TacHost.Fleet;

/// <summary>The plan of an apply, with reasons.</summary>
internal static class FleetPlan
{
    /// <summary>The verdict on a tac file that does not compile: the running process continues.</summary>
    public const string Broken = "broken";

    /// <summary>Makes the plan of a fleet.</summary>
    /// <exception cref="TacHostException">The directory cannot be read.</exception>
    public static async Task<IReadOnlyList<PlannedService>> MakeAsync(Emperor emperor)
    {
        var entries = FleetDirectory.Read(emperor.Context.Fleet.Directory);
        Dictionary<string, PreparedUnit> prepared = [];
        var results = await FleetContext.OnThread(() => FleetPreparation.Prepare(emperor.Context.Arguments.Options, entries, emperor.Context.Stopping.Token));
        foreach (var (entry, result) in entries.Zip(results))
            prepared[entry.Name] = result;
        return Make(entries, prepared, [.. emperor.Units.All.Select(unit => new PlanState(unit.Name, unit.State, unit.RunningHash, unit.IsAlive, unit.IsOn))]);
    }

    /// <summary>Makes the plan from the directory and the running deployments.</summary>
    public static IReadOnlyList<PlannedService> Make(IReadOnlyList<FleetEntry> entries, IReadOnlyDictionary<string, PreparedUnit> prepared, IReadOnlyList<PlanState> states)
    {
        List<PlannedService> plan = [];
        foreach (var entry in entries)
        {
            plan.Add(Of(entry, prepared.GetValueOrDefault(entry.Name), states.FirstOrDefault(state => state.Name == entry.Name)));
            foreach (var (name, member) in prepared.GetValueOrDefault(entry.Name)?.Members ?? [])
            {
                if (member.Failure is { } failure)
                    plan.Add(Line(Broken, $"{entry.Name}/{name}", failure.Message));
            }
        }

        foreach (var state in states.Where(state => !entries.Any(entry => entry.Name == state.Name)))
            plan.Add(Line("removed", state.Name, "its tac file is gone"));
        return plan;
    }

    public static string FingerprintOf(IReadOnlyList<PlannedService> plan)
    {
        Fingerprint fingerprint = new();
        foreach (var line in plan)
            fingerprint.Append(Encoding.UTF8.GetBytes(line.Text + "\n"));
        return fingerprint.ToString();
    }

    private static PlannedService Of(FleetEntry entry, PreparedUnit? prepared, PlanState? state)
    {
        if (entry.Problem is { } problem)
            return Line(Broken, entry.Name, problem);
        if (prepared?.Failure is { } failure)
            return Line(Broken, entry.Name, failure.Message);
        if (state is null)
            return Line("added", entry.Name, "is new");
        if (entry.IsOff || !state.IsOn)
            return state.IsAlive ? Line("removed", entry.Name, "is turned off") : Line("kept", entry.Name, "is off");
        if (!state.IsAlive)
            return state.State is UnitState.Failed or UnitState.BackingOff ? Line("kept", entry.Name, $"is {state.State.Word()}") : Line("added", entry.Name, "does not run");
        if (state.RunningHash != prepared!.Hash)
            return Line("replaced", entry.Name, state.RunningHash.Length == 0 ? "it is not known which sources the process runs" : "its sources have changed");
        return state.State == UnitState.Stale ? Line("replaced", entry.Name, "its last reload failed") : Line("kept", entry.Name, "");
    }

    private static PlannedService Line(string verdict, string name, string reason)
    {
        var sign = verdict switch { "added" => '+', "removed" => '-', "replaced" => '~', Broken => '!', _ => '=' };
        return new PlannedService(verdict, name, reason, reason.Length == 0 ? $"{sign} {name}" : $"{sign} {name}: {reason}");
    }
}

/// <summary>The state of a deployment, as far as a plan needs it.</summary>
internal sealed record PlanState(string Name, UnitState State, string RunningHash, bool IsAlive, bool IsOn);
