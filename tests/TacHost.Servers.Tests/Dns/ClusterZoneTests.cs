using System.Diagnostics;
using System.Globalization;
using Microsoft.Extensions.Time.Testing;
using TacHost.Dns;
using TacHost.Servers.Tests.Dns.Fakes;
using TacHost.Services.Plugins;

namespace TacHost.Servers.Tests.Dns;

/// <summary>The zone of a cluster, asked with <c>dig</c>. The real node is in TacHost.Cluster.Tests.</summary>
public sealed class ClusterZoneTests : IDisposable
{
    private const string TooLong = "a23456789b23456789c23456789d23456789e23456789f23456789g234567890";

    private readonly TemporaryDirectory _directory = new();

    [Theory]
    [InlineData("alpha.cluster.test A", "127.0.0.2")]
    [InlineData("ALPHA.Cluster.Test A", "127.0.0.2")]
    [InlineData("_alpha._tcp.cluster.test SRV", "0 0 10000 alpha.cluster.test.")]
    [InlineData("beta.cluster.test AAAA", "2001:db8::3")]
    [InlineData("web@1.cluster.test A", "127.0.0.1")]
    [InlineData("cluster.test NS", "ns.dns.cluster.test.")]
    [InlineData("alpha.cluster.test TXT")]
    [InlineData("off.cluster.test A")]
    [InlineData($"{TooLong}.cluster.test A")]
    public async Task Dig_Deployment_GetsItsNode(string question, params string[] expected)
    {
        using FakeClusterNode node = new(_directory.Path) { Answer = Report() };
        await using var site = await StartAsync();
        Assert.Equal(expected, await site.ShortAsync(question.Split(' ')));
    }

    [Theory]
    [InlineData("off.cluster.test A", "NOERROR")]
    [InlineData("_off._tcp.cluster.test SRV", "NOERROR")]
    [InlineData("nobody.cluster.test A", "NXDOMAIN")]
    [InlineData("_nobody._tcp.cluster.test SRV", "NXDOMAIN")]
    public async Task Dig_NothingThere_TellsAShortNegativeTtl(string question, string status)
    {
        using FakeClusterNode node = new(_directory.Path) { Answer = Report() };
        await using var site = await StartAsync();

        var said = await site.DigAsync(question.Split(' '));

        Assert.Contains($"status: {status},", said, StringComparison.Ordinal);
        Assert.Contains("flags: qr aa rd; QUERY: 1, ANSWER: 0, AUTHORITY: 1,", said, StringComparison.Ordinal);
        Assert.Matches(@"cluster\.test\.\t+2\tIN\tSOA\tns\.dns\.cluster\.test\. hostmaster\.cluster\.test\. \d{10} 2 2 30 2\n", said);
    }

    [Fact]
    public async Task Dig_DeploymentThatMoves_IsFollowed()
    {
        using FakeClusterNode node = new(_directory.Path) { Answer = Report() };
        await using var site = await StartAsync();
        var serial = await SerialAsync(site);
        Assert.Matches(@"alpha\.cluster\.test\.\t+2\tIN\tA\t127\.0\.0\.2\n", await site.DigAsync("alpha.cluster.test"));

        node.Answer = FakeClusterNode.Reporting(("alpha", 3, "127.0.0.3:10000"));
        await ShowsAsync(site, "127.0.0.3");
        Assert.True(await SerialAsync(site) > serial);
        node.Answer = FakeClusterNode.Reporting(("alpha", null, null));
        await ShowsAsync(site, "");
    }

    [Fact]
    public async Task Dig_WithoutTheNode_GetsTheLastRecordsForAWhile()
    {
        FakeTimeProvider clock = new();
        await using var site = await StartAsync(clock);
        Assert.Contains("status: SERVFAIL,", await site.DigAsync("alpha.cluster.test"), StringComparison.Ordinal);
        Assert.Contains(site.Log.Lines, line => line.Text.Contains("keeps its records for 0 s, because no node of a cluster runs in", StringComparison.Ordinal));
        using (FakeClusterNode node = new(_directory.Path) { Answer = Report() })
            await ShowsAsync(site, "127.0.0.2", clock);

        clock.Advance(TimeSpan.FromSeconds(28));
        await Until.TrueAsync(() => site.Log.Lines.Any(line => line.Text.Contains("keeps its records for 30 s", StringComparison.Ordinal)), "the end of the node to be noticed");
        Assert.Equal(["127.0.0.2"], await site.ShortAsync("alpha.cluster.test"));
        clock.Advance(TimeSpan.FromSeconds(1));
        await UntilAsync(async () => (await site.DigAsync("alpha.cluster.test")).Contains("status: SERVFAIL,", StringComparison.Ordinal), clock);

        using FakeClusterNode next = new(_directory.Path) { Answer = Report() };
        await ShowsAsync(site, "127.0.0.2", clock);
    }

    [Fact]
    public void Option_Text_IsAZoneAndADirectory()
    {
        var zone = Assert.Single(OptionParser.Parse<DnsCommandLine>("--cluster", $"cluster.test={_directory.Path}").ClusterZones);
        Assert.Equal(("cluster.test", _directory.Path), (zone.Name, zone.Directory));
        foreach (var bad in new[] { "", "=", "cluster.test", $"={_directory.Path}", $"a..b={_directory.Path}", "cluster.test=/nowhere" })
            Assert.False(DnsClusterZone.TryParse(bad, null, out _), bad);
        Assert.Throws<ArgumentException>(() => new DnsClusterZone("a..b"));
    }

    public void Dispose() => _directory.Dispose();

    private static string Report() => FakeClusterNode.Reporting(
        ("alpha", 2, "127.0.0.2:10000"), ("beta", 3, "[2001:db8::3]:80"), ("web@1", 1, "127.0.0.1:80"), ("off", null, null), (TooLong, 1, "127.0.0.1:81"));

    private static async Task<long> SerialAsync(DnsSite site) => long.Parse((await site.ShortAsync("cluster.test", "SOA"))[0].Split(' ')[2], CultureInfo.InvariantCulture);

    private static Task ShowsAsync(DnsSite site, string expected, FakeTimeProvider? clock = null) =>
        UntilAsync(async () => string.Join(' ', await site.ShortAsync("alpha.cluster.test")) == expected, clock);

    private static async Task UntilAsync(Func<Task<bool>> condition, FakeTimeProvider? clock)
    {
        var began = Stopwatch.GetTimestamp();
        while (!await condition())
        {
            Assert.True(Stopwatch.GetElapsedTime(began) < Bounded.Patience);
            clock?.Advance(TimeSpan.FromMilliseconds(500));
        }
    }

    private Task<DnsSite> StartAsync(TimeProvider? clock = null) =>
        DnsSite.StartAsync(zone: null, options: new DnsOptions { ClusterZones = [new DnsClusterZone("cluster.test", _directory.Path)], TimeProvider = clock ?? TimeProvider.System });
}
