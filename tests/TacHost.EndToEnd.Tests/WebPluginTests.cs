using System.Globalization;
using TacHost.EndToEnd.Tests.Running;

namespace TacHost.EndToEnd.Tests;

/// <summary><c>tachost web</c>, as it is typed.</summary>
public sealed class WebPluginTests
{
    [Fact]
    public async Task Web_InTheForeground_ServesWithAnAccessLogAndAProxy()
    {
        await using var sandbox = Prepare();
        var upstream = sandbox.Start("-n", "--pidfile", "upstream.pid", "web", "--port", "0", "--iface", "127.0.0.1", "--root", "other", "--no-log-requests");
        await Until.SaidAsync(upstream, "is running");
        var process = sandbox.Start("-n", "web", "--port", "0", "--iface", "127.0.0.1", "--root", "public", "--list", "--access-log", "access.log", "--proxy", $"/api=http://127.0.0.1:{Proc.PortOf(upstream.Id)}");
        await Until.SaidAsync(process, "is running");
        var address = $"http://127.0.0.1:{Proc.PortOf(process.Id)}";
        Assert.Equal("roses", await CurlAsync(sandbox, $"{address}/poem.txt"));
        Assert.Contains("poem.txt", await CurlAsync(sandbox, $"{address}/"), StringComparison.Ordinal);
        Assert.Equal("from elsewhere", await CurlAsync(sandbox, $"{address}/api/other.txt"));
        await sandbox.KillAsync(process.Id);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken).WaitAsync(Bounded.Patience, TestContext.Current.CancellationToken);
        Assert.Equal(0, process.ExitCode);
        Assert.Equal(3, File.ReadLines(sandbox.PathOf("access.log")).Count());
    }

    [Fact]
    public async Task Web_InAChroot_ServesWhatIsThereAsNobody()
    {
        Assert.SkipUnless(Environment.UserName == "root", "only root may change the root directory");
        await using var sandbox = Prepare();
        File.SetUnixFileMode(sandbox.Directory, (UnixFileMode)0b111_111_111);
        var id = await sandbox.StartDaemonAsync("--uid", "nobody", "--chroot", sandbox.PathOf("public"), "web", "--port", "0", "--iface", "127.0.0.1", "--root", "/");
        var address = string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{Proc.PortOf(id)}");
        Assert.Equal("roses", await CurlAsync(sandbox, $"{address}/poem.txt"));
        Assert.Equal("roses", await CurlAsync(sandbox, $"{address}/poem.txt", "--compressed"));
        Assert.Contains("There is no such file", await CurlAsync(sandbox, $"{address}/etc/passwd"), StringComparison.Ordinal);
        Assert.DoesNotContain("xception", sandbox.Log, StringComparison.Ordinal);
        await sandbox.KillAsync(id);
        await Until.GoneAsync(id);
    }

    private static Sandbox Prepare()
    {
        var sandbox = new Sandbox();
        Directory.CreateDirectory(sandbox.PathOf("public"));
        Directory.CreateDirectory(sandbox.PathOf("other"));
        sandbox.Write("public/poem.txt", "roses");
        sandbox.Write("other/other.txt", "from elsewhere");
        return sandbox;
    }

    private static async Task<string> CurlAsync(Sandbox sandbox, string address, params string[] options)
    {
        Assert.SkipUnless(Program.IsInstalled("curl"), "curl is not installed");
        return (await sandbox.RunAsync("curl", ["-s", "--max-time", "60", .. options, address])).Output;
    }
}
