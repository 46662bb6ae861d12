using System.Globalization;
using TacHost.EndToEnd.Tests.Running;

namespace TacHost.EndToEnd.Tests.Fleet;

/// <summary>An emperor ends, and its deployments do not.</summary>
public sealed class AdoptionTests
{
    [Fact]
    public async Task Emperor_Killed_LeavesItsDeploymentsToTheNextOne()
    {
        await using FleetSandbox fleet = new();
        fleet.Write("one");
        fleet.Write("two");
        Assert.Equal(0, (await fleet.StartAsync()).ExitCode);
        var (one, two) = (fleet.IdOf("one"), fleet.IdOf("two"));

        await KillAsync(fleet);
        Assert.Equal("first\n", await fleet.SaysAsync("one"));
        Assert.Equal(69, (await fleet.FleetAsync("ls")).ExitCode);
        fleet.Write("two", "second");
        fleet.Write("three");

        Assert.Equal(new Outcome(0, "3 running\n", ""), await fleet.StartAsync());
        var list = await fleet.ListAsync();
        Assert.Equal((one, two), (list["one"].Pid, list["two"].Pid));
        Assert.Equal("second\n", await fleet.SaysAsync("two"));
        foreach (var name in new[] { "one", "two", "three" })
            Assert.Equal([fleet.IdOf(name)], fleet.ProcessesOf(name));

        // The sources of 'one' are those that it was started with, so that nothing was reloaded.
        Assert.DoesNotContain("Reloaded 'one'", fleet.EmperorLog, StringComparison.Ordinal);
        Assert.Contains("Reloaded 'two'", fleet.EmperorLog, StringComparison.Ordinal);

        // The end of an adopted process is seen, too.
        await fleet.Sandbox.KillAsync(one, "KILL");
        await Until.TrueAsync(() => fleet.EmperorLog.Contains($"Started 'one' as process", StringComparison.Ordinal) && fleet.ProcessesOf("one") is [var id] && id != one, "the restart of an adopted process");
    }

    [Fact]
    public async Task PidFile_OfARecycledId_IsNotAdopted()
    {
        await using FleetSandbox fleet = new();
        fleet.Write("poem");
        using var stranger = fleet.Sandbox.StartProgram("sleep", "600");
        System.IO.Directory.CreateDirectory(fleet.RunDirectory);
        File.WriteAllText(Path.Combine(fleet.RunDirectory, "poem.pid"), string.Create(CultureInfo.InvariantCulture, $"{stranger.Id}\n"));

        Assert.Equal(new Outcome(0, "1 running\n", ""), await fleet.StartAsync());
        Assert.NotEqual(stranger.Id, fleet.IdOf("poem"));
        Assert.Equal("first\n", await fleet.SaysAsync("poem"));
        Assert.Equal(0, (await fleet.FleetAsync("stop", "poem")).ExitCode);
        Assert.True(Until.IsAlive(stranger.Id));
    }

    [Fact]
    public async Task Takeover_OfARunningEmperor_TouchesNoDeployment()
    {
        await using FleetSandbox fleet = new();
        fleet.Write("poem");
        fleet.Write("off");
        Assert.Equal(0, (await fleet.StartAsync()).ExitCode);
        Assert.Equal(new Outcome(0, "off: is off\n", ""), await fleet.FleetAsync("stop", "off"));
        var (emperor, poem) = (fleet.EmperorId, fleet.IdOf("poem"));

        Assert.Equal(78, (await fleet.StartAsync()).ExitCode);
        Assert.Equal(new Outcome(0, "1 running, 1 off\n", ""), await fleet.StartAsync("--takeover"));

        Assert.False(Until.IsAlive(emperor));
        Assert.Equal(poem, (await fleet.ListAsync())["poem"].Pid);
        Assert.Equal("first\n", await fleet.SaysAsync("poem"));
        Assert.Equal([poem], fleet.ProcessesOf("poem"));
    }

    [Fact]
    public async Task Leash_WithAKilledEmperor_EndsAllDeployments()
    {
        await using FleetSandbox fleet = new();
        fleet.Write("one");
        fleet.Write("two");
        Assert.Equal(0, (await fleet.StartAsync("--leash")).ExitCode);
        int[] deployments = [fleet.IdOf("one"), fleet.IdOf("two")];

        await KillAsync(fleet);

        foreach (var id in deployments)
            await Until.GoneAsync(id);
    }

    private static async Task KillAsync(FleetSandbox fleet)
    {
        var emperor = fleet.EmperorId;
        await fleet.Sandbox.KillAsync(emperor, "KILL");
        await Until.GoneAsync(emperor);
    }
}
