using System.Diagnostics;

namespace TacHost.EndToEnd.Tests.Fleet;

/// <summary>An apply during which the emperor, or the command, is killed. The next start, or the next apply, completes it.</summary>
public sealed class KilledApplyTests
{
    /// <summary>The moments of an apply that can be seen from outside, roughly in their order.</summary>
    public enum Moment
    {
        CommandRuns,
        PlanCompiles,
        ApplyCompiles,
        RemovedOneStops,
        OneTurnedOffStops,
        NewProcessAppears,
        NewProcessHasItsPidFile,
        ChangedOneIsPrepared,
        NewOneRuns,
        ChangedOneIsReloaded,
    }

    private static readonly string[] _running = ["changed", "kept", "new"];

    public static TheoryData<Moment> All => new(Enum.GetValues<Moment>());

    [Theory]
    [InlineData(Moment.PlanCompiles)]
    [InlineData(Moment.NewProcessAppears)]
    public Task Emperor_KilledDuringAnApply_LeavesAllToTheNextOne(Moment moment) => KillEmperorAsync(moment);

    [Theory]
    [InlineData(Moment.ApplyCompiles)]
    public Task Command_KilledDuringAnApply_StopsNothingHalfway(Moment moment) => KillCommandAsync(moment);

    [Theory]
    [LongSet]
    [MemberData(nameof(All))]
    public Task Emperor_KilledAtAnyMoment_LeavesAllToTheNextOne(Moment moment) => KillEmperorAsync(moment);

    [Theory]
    [LongSet]
    [MemberData(nameof(All))]
    public Task Command_KilledAtAnyMoment_StopsNothingHalfway(Moment moment) => KillCommandAsync(moment);

    private static async Task KillEmperorAsync(Moment moment)
    {
        await using FleetSandbox fleet = new();
        var (kept, changed) = await StartAndChangeAsync(fleet);
        var emperor = fleet.EmperorId;
        var command = await ApplyUntilAsync(fleet, moment);

        await fleet.Sandbox.KillAsync(emperor, "KILL");
        await Until.GoneAsync(emperor);
        await command.WaitForExitAsync(TestContext.Current.CancellationToken).Soon();

        Assert.Equal(new(0, "3 running, 1 off\n", ""), await fleet.StartAsync("--no-watch"));
        await IsAsTheDirectorySaysAsync(fleet, kept, changed);
    }

    private static async Task KillCommandAsync(Moment moment)
    {
        await using FleetSandbox fleet = new();
        var (kept, changed) = await StartAndChangeAsync(fleet);
        var emperor = fleet.EmperorId;
        var command = await ApplyUntilAsync(fleet, moment);

        command.Kill();
        await command.WaitForExitAsync(TestContext.Current.CancellationToken).Soon();

        // The emperor goes on with the first apply, and refuses a second one meanwhile.
        await fleet.ExitsAsync(0, "apply");
        Assert.Equal(emperor, fleet.EmperorId);
        await IsAsTheDirectorySaysAsync(fleet, kept, changed);
    }

    /// <summary>Starts four deployments, and then writes what an apply has to do: one is new, one changed, one removed and one turned off.</summary>
    private static async Task<(int Kept, int Changed)> StartAndChangeAsync(FleetSandbox fleet)
    {
        foreach (var name in new[] { "changed", "kept", "off", "removed" })
            fleet.Write(name);
        Assert.Equal(new(0, "4 running\n", ""), await fleet.StartAsync("--no-watch"));
        fleet.Write("changed", "second");
        fleet.Write("new");
        File.WriteAllText(fleet.PathOf("off.off"), "");
        File.Delete(fleet.PathOf("removed.csx"));
        return (fleet.IdOf("kept"), fleet.IdOf("changed"));
    }

    /// <summary>Starts <c>fleet apply</c> and waits for a moment of it.</summary>
    private static async Task<Process> ApplyUntilAsync(FleetSandbox fleet, Moment moment)
    {
        HashSet<int> compilers = [];
        var command = fleet.Sandbox.Start("fleet", "apply", "--fleet", fleet.Directory);
        await Until.TrueAsync(HasCome, $"the moment {moment}");
        return command;

        bool HasCome()
        {
            compilers.UnionWith(fleet.ProcessesWith("--prepare-fleet"));
            return moment switch
            {
                Moment.CommandRuns => true,
                Moment.PlanCompiles => compilers.Count > 0,
                Moment.ApplyCompiles => compilers.Count > 1,
                Moment.RemovedOneStops => fleet.LogOf("removed").Contains("SIGTERM", StringComparison.Ordinal),
                Moment.OneTurnedOffStops => fleet.LogOf("off").Contains("SIGTERM", StringComparison.Ordinal),
                Moment.NewProcessAppears => fleet.ProcessesOf("new").Count > 0,
                Moment.NewProcessHasItsPidFile => File.Exists(Path.Combine(fleet.RunDirectory, "new.pid")),
                Moment.ChangedOneIsPrepared => fleet.ProcessesWith("--prepare-for").Count > 0,
                Moment.NewOneRuns => fleet.EmperorLog.Contains("Started 'new'", StringComparison.Ordinal),
                Moment.ChangedOneIsReloaded => fleet.EmperorLog.Contains("Reloaded 'changed'", StringComparison.Ordinal),
                _ => throw new ArgumentOutOfRangeException(nameof(moment)),
            };
        }
    }

    private static async Task IsAsTheDirectorySaysAsync(FleetSandbox fleet, int kept, int changed)
    {
        int[] Expected() => [.. _running.Select(fleet.IdOf).Append(fleet.EmperorId).Order()];
        await Until.TrueAsync(() => fleet.Sandbox.Processes().Order().SequenceEqual(Expected()), "the end of all other processes");
        foreach (var name in _running)
            Assert.Equal([fleet.IdOf(name)], fleet.ProcessesOf(name));
        Assert.Equal((kept, changed), (fleet.IdOf("kept"), fleet.IdOf("changed")));
        Assert.Equal(("first\n", "second\n", "first\n"), (await fleet.SaysAsync("kept"), await fleet.SaysAsync("changed"), await fleet.SaysAsync("new")));
        Assert.DoesNotContain("Reloaded 'kept'", fleet.EmperorLog, StringComparison.Ordinal);

        var list = await fleet.ListAsync();
        Assert.Equal([("changed", "running"), ("kept", "running"), ("new", "running"), ("off", "off")], list.Select(unit => (unit.Key, unit.Value.State)));
        string[] files = ["emperor.log", "emperor.pid", "off.log", "off.state", "removed.log", .. _running.SelectMany(name => new[] { $"{name}.log", $"{name}.pid", $"{name}.state" })];
        Assert.Equal(files.Order(StringComparer.Ordinal), Directory.EnumerateFileSystemEntries(fleet.RunDirectory).Select(Path.GetFileName).Order(StringComparer.Ordinal));
    }
}
