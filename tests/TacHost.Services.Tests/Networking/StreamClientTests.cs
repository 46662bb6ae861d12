using System.Net;
using System.Net.Sockets;
using TacHost.Services.Networking;

namespace TacHost.Services.Tests.Networking;

public sealed class StreamClientTests : IDisposable
{
    private readonly TemporaryDirectory _directory = new();

    [Fact]
    public async Task TcpClientService_Started_ConnectsAndStopClosesInGoodOrder()
    {
        RecordingFactory accepted = new();
        TcpServer server = new(0, accepted, "127.0.0.1");
        await using var serving = await RunningService.StartAsync(server);
        await ConnectAndStopAsync(factory => new TcpClientService("localhost", server.LocalAddresses[0].Port, factory), accepted);
    }

    [Fact]
    public async Task UnixClientService_Started_ConnectsAndStopClosesInGoodOrder()
    {
        RecordingFactory accepted = new();
        await using var serving = await RunningService.StartAsync(new UnixServer(_directory["poetry.sock"], accepted));
        await ConnectAndStopAsync(factory => new UnixClientService(_directory["poetry.sock"], factory), accepted);
    }

    [Fact]
    public async Task TlsClientService_Started_ConnectsAndStopClosesInGoodOrder()
    {
        RecordingFactory accepted = new();
        var (certificate, key) = TestCertificates.WritePem(_directory, "localhost");
        TlsServer server = new(0, accepted, new TlsOptions(TlsCertificate.FromPem(certificate, key)), "127.0.0.1");
        await using var serving = await RunningService.StartAsync(server);
        await ConnectAndStopAsync(factory => new TlsClientService("localhost", server.LocalAddresses[0].Port, factory, trustRoots: certificate), accepted);
    }

    [Fact]
    public async Task StartAsync_NobodyListening_IsLoggedAndToldTheFactoryAndTheServiceRuns()
    {
        RecordingClientFactory factory = new();
        StreamClient client = new($"unix:{_directory["none.sock"]}", factory);
        await using var running = await RunningService.StartAsync(client);
        Assert.True(SpinWait.SpinUntil(() => running.Log.Lines.Any(line => line.Text.StartsWith("Cannot connect to 'unix:", StringComparison.Ordinal)), Bounded.Patience));
        Assert.IsType<CannotConnectException>(factory.FailureReason);
        Assert.True(client.Running);
        await running.StopAsync();
        Assert.Equal(["start", "connecting", "failed", "stop"], factory.Journal.Entries);
    }

    [Fact]
    public async Task StopAsync_InTheMiddleOfTheAttempt_GivesItUp()
    {
        using FullListener full = new(new IPEndPoint(IPAddress.Loopback, 0));
        RecordingClientFactory factory = new();
        await using var running = await RunningService.StartAsync(new TcpClientService("127.0.0.1", ((IPEndPoint)full.EndPoint).Port, factory));
        await running.StopAsync();
        Assert.Equal(["start", "connecting", "failed", "stop"], factory.Journal.Entries);
    }

    [Fact]
    public async Task StopAsync_GracePeriodOver_AbortsTheConnection()
    {
        // The peer keeps its side open, and takes nothing of what is to be sent.
        using Socket listener = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        listener.Listen();
        RecordingClientFactory factory = new() { Protocols = new RecordingFactory { WhenMade = protocol => protocol.Transport.Write(new byte[50_000_000]) } };
        await using var running = await RunningService.StartAsync(new TcpClientService("127.0.0.1", ((IPEndPoint)listener.LocalEndPoint!).Port, factory));
        using var peer = await listener.AcceptAsync(TestContext.Current.CancellationToken).AsTask().Soon();
        var protocol = await factory.Protocols.NextAsync();
        await running.DisposeAsync();
        Assert.NotNull(await protocol.Lost.Soon());
        Assert.NotNull(factory.LossReason);
    }

    [Fact]
    public async Task StartAsync_AgainAfterAStop_ConnectsAgain()
    {
        RecordingFactory accepted = new();
        TcpServer server = new(0, accepted, "127.0.0.1");
        await using var serving = await RunningService.StartAsync(server);
        TcpClientService client = new("127.0.0.1", server.LocalAddresses[0].Port, new RecordingClientFactory());
        for (var round = 0; round < 3; round++)
        {
            await client.StartAsync(TestContext.Current.CancellationToken);
            var peer = await accepted.NextAsync();
            await client.StopAsync(CancellationToken.None).Soon();
            Assert.Null(await peer.Lost.Soon());
        }
    }

    public void Dispose() => _directory.Dispose();

    private static async Task ConnectAndStopAsync(Func<ClientFactory, StreamClient> make, RecordingFactory accepted)
    {
        RecordingClientFactory factory = new() { Protocols = new RecordingFactory { WhenMade = protocol => protocol.Transport.Write("hello"u8.ToArray()) } };
        await using var running = await RunningService.StartAsync(make(factory));
        var peer = await accepted.NextAsync();
        await peer.ReceivedAsync("hello");
        await running.StopAsync();
        Assert.Null(await peer.Lost.Soon());
        Assert.Null(factory.LossReason);
        Assert.Equal(["start", "connecting", "build", "lost", "stop"], factory.Journal.Entries);
    }
}
