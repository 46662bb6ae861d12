using TacHost.Fleet;

namespace TacHost.Tests.Fleet;

public sealed class FleetPlanTests
{
    [Fact]
    public void Make_OfEveryKind_SaysWhatWouldHappenAndWhy()
    {
        FleetEntry[] entries =
        [
            Entry("broken"), Entry("changed"), Entry("down"), Entry("new"), Entry("off") with { IsOff = true }, Entry("same"), Entry("stale"),
            Entry("tired"), Entry("with space") with { Problem = "its name has a space" },
        ];
        var prepared = entries.Where(entry => entry.Problem is null).ToDictionary(entry => entry.Name, entry => new PreparedUnit(new PreparedApplication.Own(), "2", []));
        prepared["broken"] = new PreparedUnit(new PreparedApplication.Failure(ExitCode.BadTac, "broken.csx(1,9): error CS1525"), "", []);
        PlanState[] states =
        [
            Running("broken", "1"), Running("changed", "1"), State("down", UnitState.Off), Running("gone", "1"), Running("off", "2"), Running("same", "2"),
            Running("stale", "2") with { State = UnitState.Stale }, State("tired", UnitState.Failed),
        ];

        var plan = FleetPlan.Make(entries, prepared, states);

        Assert.Equal(
            [
                "! broken: broken.csx(1,9): error CS1525",
                "~ changed: its sources have changed",
                "+ down: does not run",
                "+ new: is new",
                "- off: is turned off",
                "= same",
                "~ stale: its last reload failed",
                "= tired: is failed",
                "! with space: its name has a space",
                "- gone: its tac file is gone",
            ],
            plan.Select(line => line.Text));
        Assert.NotEqual(FleetPlan.FingerprintOf(plan), FleetPlan.FingerprintOf([.. plan.Skip(1)]));
    }

    private static FleetEntry Entry(string name) => new(name, $"/fleet/{name}.csx");

    private static PlanState Running(string name, string hash) => new(name, UnitState.Running, hash, IsAlive: true, IsOn: true);

    private static PlanState State(string name, UnitState state) => new(name, state, "", IsAlive: false, IsOn: true);
}
