using System.Net;
using System.Net.Sockets;
using TacHost.Services.Networking;

namespace TacHost.Services.Tests.Networking;

/// <summary>Connections to deployments of a cluster. The real node is in TacHost.Cluster.Tests.</summary>
public sealed class ClusterClientEndpointTests : IDisposable
{
    private readonly TemporaryDirectory _directory = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Connections_FollowTheDeployment_AtOnce()
    {
        using FakeClusterNode node = new(_directory.Path);
        var first = Listen();
        using var second = Listen();
        var endpoint = Endpoint.ParseClient($"cluster:alpha:fleet={_directory.Path}");
        node.Answer = FakeClusterNode.Reporting(("alpha", 1, $"{first.LocalEndPoint}"));
        Assert.Equal(first.LocalEndPoint, await ConnectAsync(endpoint));

        // The last answer is still fresh, and wrong.
        first.Dispose();
        node.Answer = FakeClusterNode.Reporting(("alpha", 1, $"{second.LocalEndPoint}"));
        Assert.Equal(second.LocalEndPoint, await ConnectAsync(endpoint));
    }

    [Fact]
    public async Task Connections_AtTheSameTime_ShareAQuestion()
    {
        using FakeClusterNode node = new(_directory.Path);
        using var listener = Listen();
        node.Answer = FakeClusterNode.Reporting(("alpha", 1, $"{listener.LocalEndPoint}"));
        var endpoint = ClientEndpoint.Cluster("alpha", _directory.Path);

        await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => ConnectAsync(endpoint)));

        // A slow machine may take longer for all than an answer is fresh.
        Assert.InRange(node.Questions, 1, 10);
    }

    [Fact]
    public async Task Port_Given_IsThatOfTheService()
    {
        using FakeClusterNode node = new(_directory.Path);
        using var listener = Listen();
        var port = ((IPEndPoint)listener.LocalEndPoint!).Port;
        node.Answer = FakeClusterNode.Reporting(FakeClusterNode.Node(1, "up", FakeClusterNode.Unit("alpha", true, "running", "127.0.0.1:1", $"127.0.0.1:{port}")));

        Assert.Equal(listener.LocalEndPoint, await ConnectAsync(ClientEndpoint.Cluster("alpha", _directory.Path, port)));
        Assert.Contains("it listens on 127.0.0.1:1, 127.0.0.1:", await FailAsync("cluster:alpha:port=2"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Deployment_ThatCannotBeFound_SaysWhy()
    {
        Assert.Contains("there is no emperor.pid", await FailAsync("cluster:alpha"), StringComparison.Ordinal);
        using (FakeClusterNode node = new(_directory.Path))
        {
            Assert.Contains("the cluster has no deployment 'alpha'", await FailAsync("cluster:alpha"), StringComparison.Ordinal);
            node.Answer = FakeClusterNode.Reporting(("alpha", null, null));
            Assert.Contains("it does not run anywhere at the moment", await FailAsync("cluster:alpha"), StringComparison.Ordinal);
        }

        await File.WriteAllTextAsync(_directory["emperor.pid"], $"{Environment.ProcessId}", Token);
        Assert.Contains($"process {Environment.ProcessId} in its emperor.pid has ended", await FailAsync("cluster:alpha"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Socket_OfAnotherProcess_IsNotAsked()
    {
        using var other = System.Diagnostics.Process.Start("sleep", "60");
        using FakeClusterNode node = new(_directory.Path, other.Id);
        node.Answer = FakeClusterNode.Reporting(("alpha", 1, "127.0.0.1:1"));

        Assert.Contains($"process {other.Id} in its emperor.pid has ended", await FailAsync("cluster:alpha"), StringComparison.Ordinal);
        Assert.Equal(0, node.Questions);
        other.Kill();
        await other.WaitForExitAsync(Token);
    }

    public void Dispose() => _directory.Dispose();

    private static Socket Listen()
    {
        Socket listener = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        listener.Listen();
        return listener;
    }

    private static async Task<EndPoint> ConnectAsync(ClientEndpoint endpoint)
    {
        var protocol = await endpoint.ConnectProtocolAsync(new RecordingProtocol(new RecordingFactory()), cancellationToken: Token).Soon();
        var peer = protocol.Transport.Peer;
        protocol.Transport.AbortConnection();
        return peer;
    }

    private async Task<string> FailAsync(string endpoint) =>
        (await Assert.ThrowsAsync<CannotConnectException>(() => ConnectAsync(Endpoint.ParseClient($"{endpoint}:fleet={_directory.Path}")))).Message;
}
