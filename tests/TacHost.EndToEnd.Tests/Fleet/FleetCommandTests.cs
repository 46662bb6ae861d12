using TacHost.EndToEnd.Tests.Running;

namespace TacHost.EndToEnd.Tests.Fleet;

/// <summary>The commands for the deployments of an emperor.</summary>
public sealed class FleetCommandTests
{
    [Fact]
    public async Task Reload_OfAll_StopsAtTheFirstThatDoesNotComeUp()
    {
        await using FleetSandbox fleet = new();
        foreach (var name in new[] { "a", "b", "c" })
            fleet.Write(name);
        Assert.Equal(0, (await fleet.StartAsync("--no-watch")).ExitCode);
        foreach (var name in new[] { "a", "b", "c" })
            fleet.Write(name, "second", name == "b" ? """throw new InvalidOperationException("out of ink");""" : "");

        var outcome = await fleet.FleetAsync("reload", "--all");

        Assert.NotEqual(0, outcome.ExitCode);
        Assert.Equal("a: 2 replaced\n", outcome.Output);
        Assert.Contains("out of ink", outcome.Error, StringComparison.Ordinal);
        Assert.Contains("1 left as they were: c.", outcome.Error, StringComparison.Ordinal);
        Assert.Equal(("second\n", "first\n", "first\n"), (await fleet.SaysAsync("a"), await fleet.SaysAsync("b"), await fleet.SaysAsync("c")));
        Assert.Equal(["running", "stale", "running"], (await fleet.ListAsync()).Values.Select(unit => unit.State));

        var going = await fleet.FleetAsync("reload", "--all", "--keep-going");
        Assert.NotEqual(0, going.ExitCode);
        Assert.Equal("second\n", await fleet.SaysAsync("c"));
    }

    [Fact]
    public async Task Commands_WithNamesThatAreNone_SayWhatIsMeant()
    {
        await using FleetSandbox fleet = new();
        fleet.Write("ecstasy");
        fleet.Write("with space");
        var start = await fleet.StartAsync();
        Assert.Equal(0, start.ExitCode);
        Assert.Matches("^1 running, 1 failed: with space: .*Rename the file", start.Output);
        Assert.Equal(64, (await fleet.FleetAsync("reload", "ecstasi")).ExitCode);
        Assert.Contains("Did you mean 'ecstasy'?", (await fleet.FleetAsync("status", "ecstasi")).Error, StringComparison.Ordinal);
        Assert.Equal(1, (await fleet.FleetAsync("ls")).ExitCode);
        Assert.Equal(69, (await fleet.StartAsync("--strict", "--takeover")).ExitCode);
    }

    [Fact]
    public async Task Template_WithTwoLinks_RunsAnInstanceForEach()
    {
        await using FleetSandbox fleet = new();
        File.WriteAllText(fleet.PathOf("poem@.csx"), fleet.Tac("first", """Console.WriteLine("I am " + Option<string>("instance", "The name of the instance."));"""));
        File.CreateSymbolicLink(fleet.PathOf("poem@one.csx"), "poem@.csx");
        File.CreateSymbolicLink(fleet.PathOf("poem@two.csx"), "poem@.csx");

        Assert.Equal(new Outcome(0, "2 running\n", ""), await fleet.StartAsync());

        Assert.Contains("I am one", fleet.LogOf("poem@one"), StringComparison.Ordinal);
        Assert.Contains("I am two", fleet.LogOf("poem@two"), StringComparison.Ordinal);
        Assert.Equal("first\n", await fleet.SaysAsync("poem@two"));
    }

    [Fact]
    public async Task Directory_ThatIsGone_StopsNothing()
    {
        await using FleetSandbox fleet = new();
        Assert.Equal(66, (await fleet.TachostAsync("emperor", fleet.PathOf("none"))).ExitCode);
        fleet.Write("poem");
        Assert.Equal(0, (await fleet.StartAsync("--run", fleet.Sandbox.PathOf("run"))).ExitCode);
        var id = int.Parse(File.ReadAllText(fleet.Sandbox.PathOf("run/poem.pid")), System.Globalization.CultureInfo.InvariantCulture);

        System.IO.Directory.Move(fleet.Directory, fleet.Sandbox.PathOf("elsewhere"));
        await Until.TrueAsync(() => File.ReadAllText(fleet.Sandbox.PathOf("run/emperor.log")).Contains("Nothing is stopped or started: cannot read the directory", StringComparison.Ordinal), "the log line");
        Assert.Equal(1, (await fleet.FleetAsync("ls", "--run", fleet.Sandbox.PathOf("run"))).ExitCode);
        System.IO.Directory.Move(fleet.Sandbox.PathOf("elsewhere"), fleet.Directory);
        await fleet.ExitsAsync(0, "ls", "--run", fleet.Sandbox.PathOf("run"));
        Assert.True(Until.IsAlive(id));
    }

    [Fact]
    public async Task Logs_OfTwo_AreMergedByTime()
    {
        await using FleetSandbox fleet = new();
        fleet.Write("one");
        fleet.Write("two");
        Assert.Equal(0, (await fleet.StartAsync()).ExitCode);
        await KillAllAsync(fleet);

        var logs = await fleet.FleetAsync("logs", "one", "two");

        Assert.Equal(0, logs.ExitCode);
        var times = logs.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => line.Split(' ')[2]).ToList();
        Assert.Equal(times.Order(StringComparer.Ordinal), times);
        Assert.Contains("one | ", logs.Output, StringComparison.Ordinal);
        Assert.Contains("two | ", logs.Output, StringComparison.Ordinal);
        Assert.Equal(66, (await fleet.FleetAsync("logs", "three")).ExitCode);
    }

    private static async Task KillAllAsync(FleetSandbox fleet)
    {
        var id = fleet.EmperorId;
        await fleet.Sandbox.KillAsync(id);
        await Until.GoneAsync(id);
    }
}
