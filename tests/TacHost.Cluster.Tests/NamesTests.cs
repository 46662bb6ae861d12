using System.Diagnostics;
using System.Globalization;

namespace TacHost.Cluster.Tests;

/// <summary>How clients find deployments: the zone of a DNS server, and the endpoint <c>cluster:NAME</c>.</summary>
public sealed class NamesTests
{
    private const int DnsPort = 5300, ForwardedPort = 6000;

    [Fact]
    public async Task Clients_FollowADeployment_ByDnsAndByAForwarder()
    {
        await using var cluster = await ClusterSandbox.CreateAsync("alpha", "beta");
        await cluster.StartAllAsync();
        await cluster.SettledAsync("n1");
        await StartAsync(cluster, "dns", "--port", $"{DnsPort}", "--iface", "127.0.0.1", "--cluster", $"cluster.test={cluster.RunOf("n1")}");
        await StartAsync(cluster, "portforward", "--port", $"{ForwardedPort}", "--target", $"cluster:alpha:run={cluster.RunOf("n1")}");

        foreach (var node in (string[])["n2", "n3"])
        {
            await cluster.SucceedAsync("n1", $"alpha: running on {node}", "move", "alpha", node);

            // No connection is lost after the move.
            for (var i = 0; i < 5; i++)
                Assert.Equal($"{node}\n", await ConnectAsync(cluster));
            await AnswersAsync(cluster, $"127.0.0.{node[1..]}\n", "alpha.cluster.test", "A");
        }

        // The record of the service names the port that a client needs.
        var service = (await DigAsync(cluster, "+short", "_alpha._tcp.cluster.test", "SRV")).Split(' ');
        Assert.Equal("alpha.cluster.test.\n", service[3]);
        Assert.Equal($"127.0.0.3:{service[2]}", (await cluster.AskAsync("n1", "where", "alpha")).Text.Split(' ')[0]);

        // A deployment that is off keeps its name, and has no address.
        await cluster.SucceedAsync("n1", "alpha: is off", "stop", "alpha");
        Assert.Equal("", await ConnectAsync(cluster));
        await AnswersAsync(cluster, "", "alpha.cluster.test", "A");
        Assert.Contains("status: NOERROR", await DigAsync(cluster, "alpha.cluster.test", "A"), StringComparison.Ordinal);
        Assert.Contains("status: NXDOMAIN", await DigAsync(cluster, "gamma.cluster.test", "A"), StringComparison.Ordinal);
        cluster.Witness.Check();
    }

    /// <summary>Starts a plugin beside the first node, as a daemon that ends with the sandbox.</summary>
    private static async Task StartAsync(ClusterSandbox cluster, string plugin, params IEnumerable<string> arguments)
    {
        var file = Path.Combine(cluster.RunOf("n1"), plugin);
        var (exitCode, text) = await cluster.TachostAsync("n1", ["--pidfile", $"{file}.pid", "--logfile", $"{file}.log", plugin, .. arguments]);
        Assert.True(exitCode == 0, text);
    }

    /// <summary>Returns what a client gets through the forwarder.</summary>
    private static async Task<string> ConnectAsync(ClusterSandbox cluster) =>
        (await cluster.RunAtAsync("n1", "bash", "-c", $"exec 3<>/dev/tcp/127.0.0.1/{ForwardedPort}; timeout 5 cat <&3 2>/dev/null")).Text;

    private static async Task<string> DigAsync(ClusterSandbox cluster, params IEnumerable<string> words) =>
        (await cluster.RunAtAsync("n1", "dig", ["@127.0.0.1", "-p", DnsPort.ToString(CultureInfo.InvariantCulture), "+time=5", "+tries=1", .. words])).Text;

    private static async Task AnswersAsync(ClusterSandbox cluster, string expected, params IReadOnlyList<string> words)
    {
        var began = Stopwatch.GetTimestamp();
        while (await DigAsync(cluster, ["+short", .. words]) is var text && text != expected)
        {
            Assert.True(Stopwatch.GetElapsedTime(began) < Bounded.Patience, $"'{expected}' is not the answer:\n{text}");
            await Task.Delay(100, TestContext.Current.CancellationToken);
        }
    }
}
