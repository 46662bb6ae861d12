using System.Globalization;
using TacHost.EndToEnd.Tests.Running;

namespace TacHost.EndToEnd.Tests.Fleet;

/// <summary>The agents of <c>tachost export ocf</c>, run as Pacemaker runs them.</summary>
public sealed class OcfAgentTests
{
    private const int Failed = 1, Unknown = 3, Missing = 5, Stopped = 7;

    [Fact]
    public async Task Agent_OfADeployment_StartsAndStopsItOnce()
    {
        await using var sandbox = await ExportAsync();
        Assert.Equal(Stopped, await DoAsync(sandbox, "monitor"));
        Assert.Equal(0, await DoAsync(sandbox, "stop"));
        Assert.Equal(0, await DoAsync(sandbox, "validate-all"));
        Assert.Equal(0, await DoAsync(sandbox, "start"));
        var first = sandbox.DaemonId;
        Assert.Equal(0, await DoAsync(sandbox, "start"));
        Assert.Equal(0, await DoAsync(sandbox, "monitor"));
        Assert.Equal(first, sandbox.DaemonId);

        await sandbox.KillAsync(first, "KILL");
        await Until.GoneAsync(first);
        Assert.Equal(Stopped, await DoAsync(sandbox, "monitor"));
        Assert.Equal(0, await DoAsync(sandbox, "start"));
        Assert.NotEqual(first, sandbox.DaemonId);
        Assert.Equal(0, await DoAsync(sandbox, "monitor"));
        Assert.Equal(0, await DoAsync(sandbox, "stop"));
        Assert.Equal(0, await DoAsync(sandbox, "stop"));
        Assert.Equal(Stopped, await DoAsync(sandbox, "monitor"));
        Assert.Empty(sandbox.Daemons());
        Assert.Equal(Unknown, await DoAsync(sandbox, "promote"));
    }

    [Fact]
    public async Task Monitor_OfAProcessThatDoesNotAnswer_FailsAndStopKillsIt()
    {
        await using var sandbox = await ExportAsync();
        Assert.Equal(0, await DoAsync(sandbox, "start"));
        var process = sandbox.DaemonId;
        await sandbox.KillAsync(process, "STOP");

        Assert.Equal(Failed, await DoAsync(sandbox, "monitor"));
        Assert.Equal(Failed, await DoAsync(sandbox, "start"));
        Assert.Equal(0, await DoAsync(sandbox, "stop"));
        await Until.GoneAsync(process);
        Assert.Equal(Stopped, await DoAsync(sandbox, "monitor"));
    }

    [Fact]
    public async Task Monitor_WithAnOldPidFile_DoesNotTakeAnotherProcessForIt()
    {
        await using var sandbox = await ExportAsync();
        sandbox.Write("tachost.pid", Environment.ProcessId.ToString(CultureInfo.InvariantCulture) + "\n");

        Assert.Equal(Stopped, await DoAsync(sandbox, "monitor"));
        Assert.Equal(0, await DoAsync(sandbox, "stop"));
    }

    [Theory]
    [InlineData("Nothing();", Missing)]
    [InlineData(null, Missing)]
    [InlineData("throw new Exception();", Failed)]
    public async Task Start_OfWhatCannotRun_TellsWhetherAnotherNodeMayBeAbleTo(string? tac, int expected)
    {
        await using var sandbox = await ExportAsync();
        File.Delete(sandbox.PathOf("fleet/one.csx"));
        if (tac is not null)
            sandbox.Write("fleet/one.csx", tac);

        Assert.Equal(expected, await DoAsync(sandbox, "start"));
        Assert.Equal(Stopped, await DoAsync(sandbox, "monitor"));
    }

    [Fact]
    public async Task Agent_ByOcfTester_Conforms()
    {
        Assert.SkipUnless(Program.IsInstalled("ocf-tester") && Program.IsInstalled("xmllint"), "ocf-tester or xmllint is not installed (resource-agents, libxml2-utils)");
        await using var sandbox = await ExportAsync();

        // The tester asks for the meta-data as the user nobody.
        File.SetUnixFileMode(sandbox.Directory, File.GetUnixFileMode(sandbox.Directory) | UnixFileMode.OtherExecute);
        var outcome = await sandbox.RunAsync("ocf-tester", "-n", "one", "-o", $"pidfile={sandbox.PidFile}", "-o", $"logfile={sandbox.PathOf("tachost.log")}", sandbox.PathOf("agents/one"));

        Assert.True(outcome.ExitCode == 0 && outcome.Output.Contains("passed all tests", StringComparison.Ordinal), outcome.Output + outcome.Error);
    }

    /// <summary>Creates the agents of a fleet whose names, paths and settings have what a shell and XML would misread.</summary>
    private static async Task<Sandbox> ExportAsync()
    {
        Sandbox sandbox = new();
        Directory.CreateDirectory(sandbox.PathOf("fleet"));
        Directory.CreateDirectory(sandbox.PathOf("agents"));
        Directory.CreateDirectory(sandbox.PathOf("it's $HOME & <more>"));
        sandbox.Write("fleet/one.csx", Sandbox.Tac(0, sandbox.PathOf("poem.txt"), """
            if (Option("who", "", "the poet") != "it's `me` \"& $HOME" || !Environment.CurrentDirectory.EndsWith("<more>"))
                throw new Exception("another poet");
            """));
        var outcome = await sandbox.TachostAsync("--rundir", sandbox.PathOf("it's $HOME & <more>"), "--set", "who=it's `me` \"& $HOME", "export", "--out", "agents", "ocf", "fleet");
        Assert.Equal((0, sandbox.PathOf("agents/one") + "\n", ""), (outcome.ExitCode, outcome.Output, outcome.Error));
        sandbox.Environment["OCF_RESKEY_pidfile"] = sandbox.PidFile;
        sandbox.Environment["OCF_RESKEY_logfile"] = sandbox.PathOf("tachost.log");
        return sandbox;
    }

    private static async Task<int> DoAsync(Sandbox sandbox, string action) => (await sandbox.RunAsync(sandbox.PathOf("agents/one"), action)).ExitCode;
}
