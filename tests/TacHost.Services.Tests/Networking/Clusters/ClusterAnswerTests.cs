using System.Text;
using TacHost.Services.Networking;
using TacHost.Services.Networking.Clusters;
using static TacHost.TestSupport.FakeClusterNode;

namespace TacHost.Services.Tests.Networking.Clusters;

public sealed class ClusterAnswerTests
{
    [Theory]
    [InlineData("127.0.0.2:80", "127.0.0.2:80")]
    [InlineData("0.0.0.0:80", "10.0.0.2:80")]
    [InlineData("[::]:80", "10.0.0.2:80")]
    [InlineData("[2001:db8::2]:80", "[2001:db8::2]:80")]
    public void Address_OfAListener_IsOneThatOtherMachinesCanReach(string listener, string expected)
    {
        var isLoopback = expected.StartsWith("127.", StringComparison.Ordinal);
        var read = Read(Reporting(Node(2, "up", Unit("alpha", true, "running", listener), isLoopback ? null : "10.0.0.2:4053")));

        Assert.Equal($"alpha n2 {expected}", Assert.Single(read));
    }

    [Fact]
    public void Addresses_ThatOnlyTheirMachineCanReach_AreLeftOut() => Assert.Equal(
        ["alpha n2 10.0.0.2:81"],
        Read(Reporting(Node(2, "up", Unit("alpha", true, "running", "127.0.0.1:80", "[::1]:80", "/run/alpha.sock", "10.0.0.2:81", "0.0.0.0:81"), "10.0.0.2:4053"))));

    [Fact]
    public void Deployment_OfAnUnreachableNode_CountsIfNoOtherHasIt() => Assert.Equal(
        ["alpha n2 127.0.0.2:2", "beta n1 127.0.0.1:3"],
        Read(Reporting($"{Node(1, "unreachable", $"{Unit("alpha", true, "running", "127.0.0.1:1")},{Unit("beta", true, "running", "127.0.0.1:3")}")},{Node(2, "up", Unit("alpha", true, "running", "127.0.0.2:2"))}")));

    [Theory]
    [InlineData(true, "stopping", "127.0.0.1:1")]
    [InlineData(true, "starting", null)]
    [InlineData(false, "off", "127.0.0.1:1")]
    public void Deployment_ThatDoesNotServe_IsKnownWithoutAnAddress(bool isHere, string state, string? address) =>
        Assert.Equal(["alpha"], Read(Reporting(Node(1, "up", Unit("alpha", isHere, state, address)))));

    [Fact]
    public void Names_AfterAnApply_AreThoseOfTheDesiredSetAndWhatStillRuns()
    {
        var nodes = Node(1, "up", $"{Unit("alpha", false, "off")},{Unit("beta", true, "running", "127.0.0.1:2")},{Unit("gamma", false, "off")}");

        Assert.Equal(["alpha", "beta n1 127.0.0.1:2", "delta"], Read(Reporting(nodes, isApplied: true, """{"name":"delta","off":true},{"name":"alpha","off":false}""")));
        Assert.Equal(["alpha", "beta n1 127.0.0.1:2", "gamma"], Read(Reporting(nodes, isApplied: false, """{"name":"alpha","off":true}""")));
    }

    [Theory]
    [InlineData("""{"jsonrpc":"2.0","id":1,"error":{"code":-32601,"message":"no method 'cluster'"}}""", "is not a node of a cluster: no method 'cluster'")]
    [InlineData("""{"jsonrpc":"2.0","id":1,"result":{"node":"n1","ready":false}}""", "node 'n1' has not joined its cluster yet")]
    [InlineData("""{"jsonrpc":"2.0","id":1,"result":{"node":"n1"}}""", "runs another version of tachost")]
    [InlineData("""{"jsonrpc":"2.0","id":1,"result":[]}""", "runs another version of tachost")]
    [InlineData("220 mail.example.org", "runs another version of tachost")]
    public void Answer_WithoutAReport_SaysWhy(string line, string expected) =>
        Assert.Contains(expected, Assert.Throws<NodeUnavailableException>(() => Read(line)).Message, StringComparison.Ordinal);

    private static IEnumerable<string> Read(string line) =>
        ClusterAnswer.Read(Encoding.UTF8.GetBytes(line)).Select(each => string.Join(' ', [each.Name, .. each.Node is null ? [] : new[] { each.Node }, .. each.Addresses]));
}
