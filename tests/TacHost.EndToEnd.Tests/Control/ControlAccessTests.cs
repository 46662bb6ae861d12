using System.Globalization;
using TacHost.EndToEnd.Tests.Running;

namespace TacHost.EndToEnd.Tests.Control;

/// <summary>Who may use the control socket of whom. Started by root.</summary>
public sealed class ControlAccessTests
{
    private const string Ask = """printf '%s\n' '{"jsonrpc":"2.0","id":1,"method":"ps"}' | socat -t 10 - ABSTRACT-CONNECT:tachost/""";

    [Fact]
    public async Task AnotherUser_OfADaemonOfRoot_GetsNothing()
    {
        RequireRoot();
        await using var sandbox = new Sandbox();
        var id = await sandbox.StartDaemonAsync("--log-level", "debug", sandbox.UseSharedTac());

        var asked = await AsNobodyAsync(sandbox, "sh", "-c", $"{Ask}{id}");
        var listed = await AsNobodyAsync(sandbox, Program.Tachost, "ps", "--json");
        var status = await AsNobodyAsync(sandbox, Program.Tachost, "status", id.ToString(CultureInfo.InvariantCulture));

        Assert.Equal("", asked.Output);
        Assert.DoesNotContain($"\"pid\": {id}", listed.Output, StringComparison.Ordinal);
        Assert.Equal((69, ""), (status.ExitCode, status.Output));
        await sandbox.LoggedAsync("Refused a control connection of process");
        Assert.Equal(0, (await sandbox.TachostAsync("status", id.ToString(CultureInfo.InvariantCulture))).ExitCode);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task DaemonThatHasBecomeNobody_AlsoInAChroot_ObeysNobodyAndRoot(bool inChroot)
    {
        RequireRoot();
        await using var sandbox = OpenToAll();
        var chroot = Directory.CreateDirectory(sandbox.PathOf("chroot")).FullName;
        File.WriteAllText(Path.Combine(chroot, "poem.txt"), Sandbox.Poem);
        string[] options = inChroot ? ["--uid", "nobody", "--chroot", chroot] : ["--uid", "nobody", "--rundir", chroot];
        var id = await sandbox.StartDaemonAsync([.. options, sandbox.WriteTac(port: 0)]);

        foreach (var outcome in new[] { await AsNobodyAsync(sandbox, "sh", "-c", $"{Ask}{id}"), await sandbox.RunAsync("sh", "-c", $"{Ask}{id}") })
            Assert.Contains($"\"pid\":{id},", outcome.Output, StringComparison.Ordinal);
        var status = await sandbox.TachostAsync("status", "tachost.pid");
        Assert.Equal((0, ""), (status.ExitCode, status.Error));
        Assert.Contains($"{id}, a daemon, user nobody", status.Output, StringComparison.Ordinal);
        if (inChroot)
            Assert.Contains(chroot, status.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task DaemonThatCanBecomeRootAgain_ObeysRootAlone()
    {
        RequireRoot();
        await using var sandbox = OpenToAll();
        var id = await sandbox.StartDaemonAsync("--uid", "nobody", "--euid", sandbox.WriteTac(port: 0));

        Assert.Equal("", (await AsNobodyAsync(sandbox, "sh", "-c", $"{Ask}{id}")).Output);
        Assert.Contains($"\"pid\":{id},", (await sandbox.RunAsync("sh", "-c", $"{Ask}{id}")).Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Stranger_OnTheNameOfADaemon_IsLeftAlone()
    {
        RequireRoot();
        await using var sandbox = new Sandbox();
        var id = await sandbox.StartDaemonAsync("--no-control", sandbox.UseSharedTac());
        using var stranger = sandbox.StartProgram("setpriv", "--reuid=nobody", "--regid=nogroup", "--clear-groups", "socat", $"ABSTRACT-LISTEN:tachost/{id},fork", "EXEC:cat");
        await Until.TrueAsync(() => File.ReadLines("/proc/net/unix").Any(line => line.EndsWith($" @tachost/{id}", StringComparison.Ordinal)), "the stranger");

        var outcome = await sandbox.TachostAsync("status", "tachost.pid");

        Assert.Equal((69, ""), (outcome.ExitCode, outcome.Output));
    }

    private static Task<Outcome> AsNobodyAsync(Sandbox sandbox, params string[] command) =>
        sandbox.RunAsync("setpriv", ["--reuid=nobody", "--regid=nogroup", "--clear-groups", .. command]);

    private static Sandbox OpenToAll()
    {
        var sandbox = new Sandbox();
        File.SetUnixFileMode(sandbox.Directory, (UnixFileMode)0b111_111_111);
        return sandbox;
    }

    private static void RequireRoot() => Assert.SkipUnless(Environment.IsPrivilegedProcess, "only root can become somebody else");
}
