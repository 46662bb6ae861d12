using System.Diagnostics.Metrics;
using TacHost.Services.Networking;
using TacHost.Services.Networking.Connections;

namespace TacHost.Services.Tests.Networking;

public sealed class ConnectionMetricsTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Meter_Connections_AreCountedByServiceAndGoneAfterTheStop()
    {
        Application application = new("metrics");
        RecordingFactory echo = RecordingFactory.Echo();
        TcpServer server = new(0, echo, "127.0.0.1") { Limits = new ConnectionLimits { MaxConnections = 1, OnLimitReached = ConnectionLimitBehavior.Refuse } };
        server.SetServiceParent(application);
        Dictionary<string, long> seen = [];
        var published = 0;
        using MeterListener listener = new();
        listener.InstrumentPublished = (instrument, l) =>
        {
            if (instrument.Meter.Scope != application)
                return;
            published++;
            l.EnableMeasurementEvents(instrument);
        };
        listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) => seen[$"{instrument.Name} {tags[0].Key}={tags[0].Value}"] = value);
        listener.Start();
        await application.StartAsync(Token);
        Assert.Equal(0, published);

        using var client = await Client.ConnectAsync(server.LocalAddresses[0]);
        await client.SendAsync("hello");
        Assert.Equal("hello", await client.ReadAsync(5));
        Assert.NotEqual(System.Net.Sockets.SocketError.Success, await LoopbackPeer.ConnectUntilErrorAsync(server.LocalAddresses[0]));
        Assert.True(SpinWait.SpinUntil(() => Volatile.Read(ref published) == 5, Bounded.Patience));
        listener.RecordObservableInstruments();
        Dictionary<string, long> expected = new()
        {
            ["tachost.connections.open service=metrics/TcpServer"] = 1,
            ["tachost.connections.accepted service=metrics/TcpServer"] = 1,
            ["tachost.connections.refused service=metrics/TcpServer"] = 1,
            ["tachost.io.received service=metrics/TcpServer"] = 5,
            ["tachost.io.sent service=metrics/TcpServer"] = 5,
        };
        Assert.Equal(expected.OrderBy(pair => pair.Key), seen.OrderBy(pair => pair.Key));
        client.Dispose();
        await application.StopAsync(CancellationToken.None).Soon();
        seen.Clear();
        listener.RecordObservableInstruments();
        Assert.Empty(seen);
    }

    [Fact]
    public async Task Counts_ClientAndServer_ComeBackToNoneOpen()
    {
        Application application = new("metrics");
        TcpServer server = new(0, RecordingFactory.Saying(new byte[1_000_000]), "127.0.0.1");
        server.SetServiceParent(application);
        await application.StartAsync(Token);
        RecordingClientFactory factory = new();
        TcpClientService client = new("127.0.0.1", server.LocalAddresses[0].Port, factory);
        await client.SetServiceParentAsync(application, Token);
        await (await factory.Protocols.NextAsync()).Lost.Soon();
        var (accepting, connecting) = (application.ConnectionMetrics.Of("metrics/TcpServer"), application.ConnectionMetrics.Of("metrics/TcpClientService"));
        Assert.True(SpinWait.SpinUntil(() => accepting.Open == 0 && connecting.Open == 0, Bounded.Patience));
        Assert.Equal((1, 1_000_000), (accepting.Accepted, accepting.BytesSent));
        Assert.Equal((1, 1_000_000), (connecting.Accepted, connecting.BytesReceived));
        await application.StopAsync(CancellationToken.None).Soon();
    }

    [Fact]
    public void Counting_NobodyListening_AllocatesNothing()
    {
        ConnectionCounts counts = new("a/b", _ => { });
        Count(counts);
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var round = 0; round < 1_000; round++)
            Count(counts);
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    private static void Count(ConnectionCounts counts)
    {
        counts.CountOpened();
        counts.CountReceived(1);
        counts.CountSent(1);
        counts.CountRefused();
        counts.CountClosed();
    }
}
