using TacHost.EndToEnd.Tests.Fleet;
using TacHost.EndToEnd.Tests.Running;

namespace TacHost.EndToEnd.Tests.Upgrading;

/// <summary>Processes that cannot be upgraded say so before anything happens, and serve as before.</summary>
public sealed class RefusedUpgradeTests
{
    [Theory]
    [InlineData("--chroot=chroot", "it is in the chroot '")]
    [InlineData("--uid=nobody", "it was started by root and runs as user ")]
    public async Task Upgrade_OfADaemonWithFewerRights_IsRefused(string option, string reason)
    {
        Assert.SkipUnless(Environment.IsPrivilegedProcess, "only root can give up rights");
        await using var sandbox = new Sandbox();
        File.SetUnixFileMode(sandbox.Directory, (UnixFileMode)0b111_111_111);
        Directory.CreateDirectory(sandbox.PathOf("chroot"));
        File.Copy(sandbox.PathOf("poem.txt"), sandbox.PathOf("chroot/poem.txt"));
        var id = await sandbox.StartDaemonAsync(option, sandbox.WriteTac());

        await AssertRefusedAsync(sandbox, id, reason);
    }

    [Fact]
    public async Task Upgrade_InTheForeground_IsRefused()
    {
        await using var sandbox = new Sandbox();
        using var process = sandbox.Start("--nodaemon", "--logfile", "tachost.log", sandbox.UseSharedTac());
        await sandbox.LoggedAsync(" is running as process ");

        await AssertRefusedAsync(sandbox, process.Id, "it runs in the foreground, and its parent waits for this process. Restart it.");
    }

    [Fact]
    public async Task Sigusr2_ToTheInitialProcess_IsRefusedInTheLog()
    {
        Assert.SkipUnless(Environment.IsPrivilegedProcess && Program.IsInstalled("unshare"), "only root can make a process the first one");
        await using var sandbox = new Sandbox();
        using var outside = sandbox.StartProgram("unshare", "--pid", "--fork", "--kill-child", Program.Tachost, "--nodaemon", "--no-pidfile", "--logfile", "tachost.log", sandbox.UseSharedTac());
        await sandbox.LoggedAsync(" is running as process ");
        var initial = sandbox.Daemons().Single(id => id != outside.Id);

        await sandbox.KillAsync(initial, "USR2");

        await sandbox.LoggedAsync("cannot be upgraded, because it is the initial process of a container, which would end with it");
        Assert.NotEmpty(await sandbox.FetchAsync());
    }

    [Fact]
    public async Task Upgrade_OfAnEmperorOrOfWhatItKeeps_IsRefused()
    {
        await using FleetSandbox fleet = new();
        fleet.Write("poem");
        Directory.CreateDirectory(fleet.PathOf("web.d"));
        File.WriteAllText(fleet.PathOf("web.d/one.csx"), fleet.Tac("second"));
        Assert.Equal(0, (await fleet.StartAsync()).ExitCode);
        var (emperor, poem, web) = (fleet.EmperorId, fleet.IdOf("poem"), fleet.IdOf("web"));

        foreach (var (id, reason) in new[] { (emperor, "because it is the emperor of '"), (poem, $"because it is a deployment of the emperor, process {emperor}, which would start another one at its end. Restart it."), (web, "because it runs a group of applications") })
        {
            var outcome = await fleet.TachostAsync("upgrade", $"{id}");
            Assert.Equal(77, outcome.ExitCode);
            Assert.Contains(reason, outcome.Error, StringComparison.Ordinal);
        }

        Assert.Equal((emperor, poem, web), (fleet.EmperorId, fleet.IdOf("poem"), fleet.IdOf("web")));
        Assert.Equal("first\n", await fleet.SaysAsync("poem"));

        // Without its emperor, it is a daemon as any other, which the next emperor finds by its pid file.
        await fleet.Sandbox.KillAsync(emperor, "KILL");
        await Until.GoneAsync(emperor);
        Assert.Equal(0, (await fleet.TachostAsync("upgrade", $"{poem}")).ExitCode);
        await Until.GoneAsync(poem);
        Assert.Equal("first\n", await fleet.SaysAsync("poem"));
        var upgraded = fleet.IdOf("poem");
        Assert.Equal(0, (await fleet.StartAsync()).ExitCode);
        Assert.Equal(upgraded, fleet.IdOf("poem"));
    }

    private static async Task AssertRefusedAsync(Sandbox sandbox, int process, string reason)
    {
        var port = sandbox.Port();
        var outcome = await sandbox.TachostAsync("upgrade", $"{process}");
        Assert.Equal((77, ""), (outcome.ExitCode, outcome.Output));
        Assert.Contains($"process {process} cannot be upgraded, because {reason}", outcome.Error, StringComparison.Ordinal);
        Assert.Equal([process], sandbox.Daemons());
        Assert.NotEmpty(await sandbox.FetchAsync(port));
        Assert.DoesNotContain("Upgrade: starting", sandbox.Log, StringComparison.Ordinal);
    }
}
