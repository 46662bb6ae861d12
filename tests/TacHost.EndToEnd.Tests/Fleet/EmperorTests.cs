using TacHost.EndToEnd.Tests.Running;

namespace TacHost.EndToEnd.Tests.Fleet;

/// <summary>A directory of tac files that is kept as it says.</summary>
public sealed class EmperorTests
{
    [Fact]
    public async Task Directory_WithThree_StartsThemAndFollowsWhatIsAddedChangedAndRemoved()
    {
        await using FleetSandbox fleet = new();
        foreach (var name in new[] { "one", "two", "three" })
            fleet.Write(name);
        Assert.Equal(new Outcome(0, "3 running\n", ""), await fleet.StartAsync());
        var list = await fleet.FleetAsync("ls");
        Assert.Equal(0, list.ExitCode);
        Assert.Matches(@"(?s)^NAME .*\none +running +\d+ .*\nthree +running .*\ntwo +running ", list.Output);
        var (one, two) = (fleet.IdOf("one"), fleet.IdOf("two"));
        Assert.Equal("first\n", await fleet.SaysAsync("one"));

        fleet.Write("four");
        await fleet.StateAsync("four", "running");

        fleet.Write("one", "second");
        await Until.TrueAsync(() => fleet.EmperorLog.Contains("Reloaded 'one'", StringComparison.Ordinal), "the reload");
        Assert.Equal("second\n", await fleet.SaysAsync("one"));
        Assert.Equal(one, fleet.IdOf("one"));

        File.Delete(fleet.PathOf("two.csx"));
        await Until.GoneAsync(two);
        Assert.Equal(["four", "one", "three"], (await fleet.ListAsync()).Keys);
        Assert.Equal(0, (await fleet.FleetAsync("ls")).ExitCode);

        var running = (await fleet.ListAsync()).Values.Select(unit => unit.Pid!.Value).ToList();
        Assert.Equal(0, (await fleet.TachostAsync("stop", Path.Combine(fleet.RunDirectory, "emperor.pid"))).ExitCode);
        Assert.DoesNotContain(running, Until.IsAlive);
    }

    [Fact]
    public async Task Change_ThatDoesNotCompile_LeavesTheOldOneAndShowsAsStale()
    {
        await using FleetSandbox fleet = new();
        fleet.Write("poem");
        Assert.Equal(0, (await fleet.StartAsync("--no-watch")).ExitCode);
        Assert.Equal(new Outcome(0, "= poem\n", ""), await fleet.FleetAsync("plan"));
        var id = fleet.IdOf("poem");

        fleet.Write("poem", "second");
        fleet.Write("other");
        Assert.Equal(new Outcome(1, "+ other: is new\n~ poem: its sources have changed\n", ""), await fleet.FleetAsync("plan"));

        File.WriteAllText(fleet.PathOf("poem.csx"), "var x = ;");
        var plan = await fleet.FleetAsync("plan");
        Assert.Equal(2, plan.ExitCode);
        Assert.Matches(@"(?s)! poem: .*poem.csx\(1,9\): error CS1525", plan.Output);

        Assert.Equal(65, (await fleet.FleetAsync("apply")).ExitCode);
        var list = await fleet.ListAsync();
        Assert.Equal(("running", "stale", id), (list["other"].State, list["poem"].State, list["poem"].Pid!.Value));
        Assert.Contains("CS1525", list["poem"].Reason, StringComparison.Ordinal);
        Assert.Equal("first\n", await fleet.SaysAsync("poem"));
        Assert.Equal(1, (await fleet.FleetAsync("ls")).ExitCode);

        fleet.Write("poem", "third");
        Assert.Equal(0, (await fleet.FleetAsync("apply")).ExitCode);
        Assert.Equal("third\n", await fleet.SaysAsync("poem"));
        Assert.Equal(id, fleet.IdOf("poem"));
    }

    [Fact]
    public async Task File_WrittenInPieces_StopsNothing()
    {
        await using FleetSandbox fleet = new();
        fleet.Write("poem");
        Assert.Equal(0, (await fleet.StartAsync()).ExitCode);
        var id = fleet.IdOf("poem");
        var text = fleet.Tac("second");
        var third = text.Length / 3;

        File.WriteAllText(fleet.PathOf("poem.csx"), text[..third]);
        await fleet.StateAsync("poem", "stale");
        Assert.Equal("first\n", await fleet.SaysAsync("poem"));
        File.AppendAllText(fleet.PathOf("poem.csx"), text[third..(2 * third)]);
        Assert.Equal("first\n", await fleet.SaysAsync("poem"));
        File.AppendAllText(fleet.PathOf("poem.csx"), text[(2 * third)..]);
        await fleet.StateAsync("poem", "running");

        Assert.Equal("second\n", await fleet.SaysAsync("poem"));
        Assert.Equal(id, fleet.IdOf("poem"));
    }

    [Fact]
    public async Task Process_ThatCrashesAgainAndAgain_IsGivenUpAndMendedByRestart()
    {
        await using FleetSandbox fleet = new();
        fleet.Write("poem", extra: """if (File.Exists("crash")) _ = Task.Run(async () => { await Task.Delay(300); Environment.FailFast("crash"); });""");
        fleet.Write("other");
        Assert.Equal(0, (await fleet.StartAsync()).ExitCode);
        var other = fleet.IdOf("other");

        fleet.Sandbox.Write("crash", "");
        await fleet.Sandbox.KillAsync(fleet.IdOf("poem"), "KILL");
        await fleet.StateAsync("poem", "backing-off");
        await fleet.StateAsync("poem", "failed");
        Assert.Equal(1, (await fleet.FleetAsync("ls")).ExitCode);
        Assert.Contains("killed by signal", (await fleet.FleetAsync("status", "poem")).Output, StringComparison.Ordinal);
        Assert.Equal(70, (await fleet.FleetAsync("status", "poem")).ExitCode);

        File.Delete(fleet.Sandbox.PathOf("crash"));
        Assert.Equal(new Outcome(0, "poem: runs\n", ""), await fleet.FleetAsync("restart", "poem"));
        Assert.Equal("first\n", await fleet.SaysAsync("poem"));
        Assert.Equal(other, fleet.IdOf("other"));
    }
}
