using System.Net;
using System.Net.Sockets;
using System.Text;
using TacHost.Services.Networking;
using TacHost.Services.Tests.Networking.Fakes;

namespace TacHost.Services.Tests.Networking;

public sealed class TcpServerTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(-1)]
    [InlineData(65536)]
    public void Constructor_ImpossiblePort_IsRefused(int port) =>
        Assert.Throws<ArgumentOutOfRangeException>(nameof(port), () => new TcpServer(port, new RecordingFactory()));

    [Fact]
    public async Task EndPoints_OfPortZero_NameThePortThatWasPicked()
    {
        TcpServer server = new(0, RecordingFactory.Echo(), "127.0.0.1");
        Assert.Empty(server.EndPoints);
        await using var running = await RunningService.StartAsync(server);

        var endPoint = Assert.Single(server.EndPoints);
        Assert.NotEqual(0, endPoint.Port);
        using var client = await Client.ConnectAsync(endPoint);
        await client.SendAsync("hello");
        Assert.Equal("hello", await client.ReadAsync(5));
    }

    [Fact]
    public async Task StartAsync_AgainAfterStop_ListensAgain()
    {
        TcpServer server = new(0, RecordingFactory.Saying("poem"u8.ToArray()), "127.0.0.1");
        for (var round = 0; round < 3; round++)
        {
            await server.StartAsync(Token);
            using (var client = await Client.ConnectAsync(server.EndPoints[0]))
                Assert.Equal("poem"u8.ToArray(), await client.ReadToEndAsync());
            await server.StopAsync(Token);
            Assert.Empty(server.EndPoints);
        }
    }

    [Fact]
    public async Task StopAsync_ConnectionsOpen_WaitsForThemAndLogsTheClosedPort()
    {
        TcpServer server = new(0, RecordingFactory.Echo(), "127.0.0.1");
        await using var running = await RunningService.StartAsync(server);
        var endPoint = server.EndPoints[0];
        using var client = await Client.ConnectAsync(endPoint);
        await client.SendAsync("a");
        await client.ReadAsync(1);

        var stop = running.StopAsync();
        await client.SendAsync("b");
        Assert.Equal("b", await client.ReadAsync(1));
        Assert.False(stop.IsCompleted);
        client.Dispose();
        await stop;
        Assert.Contains(running.Log.Lines, line => line.Text == $"(TCP Port {endPoint.Port} Closed)");
    }

    [Fact]
    public async Task StartAsync_PortTaken_NamesTheProcess()
    {
        using Socket other = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        other.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        other.Listen();
        TcpServer server = new(((IPEndPoint)other.LocalEndPoint!).Port, new RecordingFactory(), "127.0.0.1");

        var failure = await Assert.ThrowsAsync<CannotListenException>(() => server.StartAsync(Token));
        Assert.Contains($"process {Environment.ProcessId}", failure.Message, StringComparison.Ordinal);
        Assert.Equal(ServiceState.Failed, server.State);
    }

    [Fact]
    public async Task Peer_OfDualStackSocket_IsWrittenAsPeopleWriteIt()
    {
        RecordingFactory factory = new();
        TcpServer server = new(0, factory);
        await using var running = await RunningService.StartAsync(server);
        using var client = await Client.ConnectAsync(server.EndPoints[0]);
        var protocol = await factory.NextAsync();
        Assert.Equal(client.Socket.LocalEndPoint!.ToString(), protocol.Transport.Peer.ToString());
        Assert.Equal(client.Socket.RemoteEndPoint!.ToString(), protocol.Transport.Local.ToString());
    }

    [Fact]
    public async Task Write_MoreThanTheKernelTakes_ArrivesWholeBeforeTheEnd()
    {
        var poem = Encoding.UTF8.GetBytes(string.Concat(Enumerable.Repeat("I celebrate myself\n", 500_000)));
        TcpServer server = new(0, RecordingFactory.Saying(poem), "127.0.0.1");
        await using var running = await RunningService.StartAsync(server);
        using var client = await Client.ConnectAsync(server.EndPoints[0]);
        await client.SendAsync("chatter");
        Assert.Equal(poem, await client.ReadToEndAsync());
    }
}
