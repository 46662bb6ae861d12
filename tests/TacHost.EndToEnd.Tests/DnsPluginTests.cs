using System.Globalization;
using TacHost.EndToEnd.Tests.Running;

namespace TacHost.EndToEnd.Tests;

/// <summary><c>tachost dns</c>, as it is typed, asked with <c>dig</c>.</summary>
public sealed class DnsPluginTests
{
    private const string Zone = "$ORIGIN example.org.\n$TTL 1h\n@ SOA ns host 1 1d 2h 4w 5m\n NS ns\nns A 192.0.2.1\nwww A 192.0.2.2\n";

    [Fact]
    public async Task Dns_ForwardingToAnother_AnswersByUdpAndTcpAndReadsChangesAndStops()
    {
        await using Sandbox upstream = new();
        await using Sandbox sandbox = new();
        upstream.Write("db", Zone);
        sandbox.Write("db", Zone.Replace("example.org", "example.net", StringComparison.Ordinal).Replace("$ORIGIN example.net.\n", "", StringComparison.Ordinal));
        sandbox.Write("hosts", "192.0.2.3 one.test\n");
        await upstream.StartDaemonAsync("dns", "--port", "0", "--iface", "127.0.0.1", "--zone", "db");
        var id = await sandbox.StartDaemonAsync("dns", "--port", "0", "--iface", "127.0.0.1", "--zone", "example.net=db", "--hosts", "hosts", "--forward", $"127.0.0.1:{upstream.Port()}", "--cache-size", "1M", "--timeout", "30s", "--allow", "127.0.0.0/8");
        Assert.Equal("192.0.2.2\n", await DigAsync(sandbox, "www.example.net"));
        Assert.Equal("192.0.2.2\n", await DigAsync(sandbox, "www.example.net", "+tcp"));
        Assert.Equal("192.0.2.3\n", await DigAsync(sandbox, "one.test"));
        Assert.Equal("192.0.2.2\n", await DigAsync(sandbox, "www.example.org"));
        await upstream.KillAsync(upstream.DaemonId);
        await Until.TrueAsync(() => !File.Exists(upstream.PidFile), "the end of the upstream");
        Assert.Equal("192.0.2.2\n", await DigAsync(sandbox, "www.example.org", "+tcp"));
        Assert.Equal("", await DigAsync(sandbox, "ns.example.org"));

        sandbox.Write("hosts", "192.0.2.33 one.test\n");
        await Until.TrueAsync(() => sandbox.Log.Contains("has changed and was read again", StringComparison.Ordinal), "the hosts file to be read again");
        Assert.Equal("192.0.2.33\n", await DigAsync(sandbox, "one.test"));
        await sandbox.KillAsync(id);
        await Until.GoneAsync(id);
        Assert.EndsWith("Server Shut Down.\n", sandbox.Log, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Dns_InAChroot_AnswersAndForwardsAsNobody()
    {
        Assert.SkipUnless(Environment.UserName == "root", "only root may change the root directory");
        await using Sandbox upstream = new();
        await using Sandbox sandbox = new();
        upstream.Write("db", Zone);
        sandbox.Write("db", Zone.Replace("example.org", "example.net", StringComparison.Ordinal));
        await upstream.StartDaemonAsync("dns", "--port", "0", "--iface", "127.0.0.1", "--zone", "db");
        Directory.CreateDirectory(sandbox.PathOf("chroot"));
        File.SetUnixFileMode(sandbox.Directory, (UnixFileMode)0b111_111_111);
        await sandbox.StartDaemonAsync("--uid", "nobody", "--chroot", sandbox.PathOf("chroot"), "dns", "--port", "0", "--iface", "127.0.0.1", "--zone", "db", "--forward", $"127.0.0.1:{upstream.Port()}");
        Assert.Equal("192.0.2.2\n", await DigAsync(sandbox, "www.example.net", "+tcp"));
        Assert.Equal("192.0.2.2\n", await DigAsync(sandbox, "www.example.org"));
        Assert.Contains("status: NXDOMAIN", await AskAsync(sandbox, "nowhere.example.org"), StringComparison.Ordinal);
        Assert.DoesNotContain("xception", sandbox.Log, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Dns_BrokenZone_StartsNothingAndTellsTheLine()
    {
        await using Sandbox sandbox = new();
        sandbox.Write("db", Zone + "bad A 192.0.2\n");
        var outcome = await sandbox.TachostAsync("dns", "--port", "0", "--iface", "127.0.0.1", "--zone", "db");
        Assert.NotEqual(0, outcome.ExitCode);
        Assert.Contains($"The file '{sandbox.PathOf("db")}', line 7, cannot be used, because '192.0.2' is not an IPv4 address.\n  {sandbox.PathOf("db")}:7", outcome.Error, StringComparison.Ordinal);
        Assert.False(File.Exists(sandbox.PidFile));
    }

    [Fact]
    public async Task Dns_NothingToAnswerWith_IsOneLine()
    {
        await using Sandbox sandbox = new();
        var outcome = await sandbox.TachostAsync("dns", "--port", "0");
        Assert.Equal(new Outcome(64, "", "tachost: dns: --zone, --cluster, --hosts or --forward is missing: the server would have no answers.\n"), outcome);
    }

    private static Task<string> DigAsync(Sandbox sandbox, params string[] words) => AskAsync(sandbox, ["+short", .. words]);

    private static async Task<string> AskAsync(Sandbox sandbox, params string[] words)
    {
        Assert.SkipUnless(Program.IsInstalled("dig"), "dig is not installed (bind9-dnsutils)");
        return (await sandbox.RunAsync("dig", ["@127.0.0.1", "-p", sandbox.Port().ToString(CultureInfo.InvariantCulture), "+time=20", "+tries=1", .. words])).Output;
    }
}
