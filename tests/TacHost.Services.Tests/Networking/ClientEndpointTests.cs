using System.Net;
using System.Net.Sockets;
using System.Text;
using TacHost.Services.Networking;

namespace TacHost.Services.Tests.Networking;

public sealed class ClientEndpointTests : IAsyncDisposable
{
    private readonly TemporaryDirectory _directory = new();
    private readonly List<RunningService> _running = [];

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task ConnectAsync_Tcp_GetsThePoem()
    {
        var server = await StartAsync("tcp:0:interface=127.0.0.1", RecordingFactory.Saying("poem"u8.ToArray()));
        RecordingClientFactory factory = new();
        var protocol = (RecordingProtocol)await Client($"tcp:127.0.0.1:{Port(server)}").ConnectAsync(factory, cancellationToken: Token).Soon();
        Assert.Null(await protocol.Lost.Soon());
        Assert.Equal("poem"u8.ToArray(), protocol.Received);
        Assert.Equal(server.LocalAddresses[0], protocol.Transport.Peer);
        Assert.True(SpinWait.SpinUntil(() => factory.Journal.Entries.Contains("stop"), Bounded.Patience));
        Assert.Equal(["start", "connecting", "build", "lost", "stop"], factory.Journal.Entries);
    }

    [Fact]
    public async Task ConnectAsync_HostOfWhichOneAddressListens_FindsIt()
    {
        var server = await StartAsync("tcp:0:interface=127.0.0.1", RecordingFactory.Echo());
        var protocol = await Client($"tcp:localhost:{Port(server)}").ConnectProtocolAsync(new RecordingProtocol(new RecordingFactory()), cancellationToken: Token).Soon();
        protocol.Transport.Write("hello"u8.ToArray());
        await protocol.ReceivedAsync("hello");
        protocol.Transport.LoseConnection();
        Assert.Null(await protocol.Lost.Soon());
    }

    [Fact]
    public async Task ConnectAsync_BindAddress_IsWhereTheConnectionComesFrom()
    {
        RecordingFactory peers = new();
        var server = await StartAsync("tcp:0:interface=127.0.0.1", peers);
        var protocol = await Client($"tcp:localhost:{Port(server)}:bindAddress=127.0.0.9").ConnectProtocolAsync(new RecordingProtocol(new RecordingFactory()), cancellationToken: Token).Soon();
        var accepted = await peers.NextAsync();
        Assert.Equal(protocol.Transport.Local, accepted.Transport.Peer);
        Assert.Equal(IPAddress.Parse("127.0.0.9"), ((IPEndPoint)accepted.Transport.Peer).Address);
        protocol.Transport.AbortConnection();
    }

    [Fact]
    public async Task ConnectAsync_Unix_GetsTheEcho()
    {
        await StartAsync($"unix:{_directory["poetry.sock"]}", RecordingFactory.Echo());
        var protocol = await Client($"unix:{_directory["poetry.sock"]}").ConnectProtocolAsync(new RecordingProtocol(new RecordingFactory()), cancellationToken: Token).Soon();
        Assert.Equal(_directory["poetry.sock"], protocol.Transport.Peer.ToString());
        protocol.Transport.Write("hello"u8.ToArray());
        await protocol.ReceivedAsync("hello");
        protocol.Transport.LoseConnection();
        Assert.Null(await protocol.Lost.Soon());
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task ConnectAsync_TlsWithTrustedRoots_GetsALongEcho(bool directory)
    {
        var server = await StartAsync(TlsEndpoint("localhost"), RecordingFactory.Echo());
        var roots = directory ? _directory.Path : _directory["localhost.pem"];
        var protocol = await Client($"tls:localhost:{Port(server)}:trustRoots={roots}").ConnectProtocolAsync(new RecordingProtocol(new RecordingFactory()), cancellationToken: Token).Soon();
        var text = new string('x', 300_000) + "end";
        protocol.Transport.Write(Encoding.UTF8.GetBytes(text));
        await protocol.ReceivedAsync(text);
        protocol.Transport.LoseConnection();
        Assert.Null(await protocol.Lost.Soon());
    }

    [Theory]
    [InlineData("", "the TLS handshake failed")]
    [InlineData(":trustRoots=other.pem", "the TLS handshake failed")]
    [InlineData(":trustRoots=missing.pem", "a certificate that it names cannot be read")]
    [InlineData(":certificate=missing.pem", "a certificate that it names cannot be read")]
    public async Task ConnectAsync_TlsThatCannotBe_SaysWhy(string parameters, string reason)
    {
        var server = await StartAsync(TlsEndpoint("localhost"), RecordingFactory.Echo());
        TestCertificates.WritePem(_directory, "other");
        var failure = await FailAsync($"tls:localhost:{Port(server)}{parameters.Replace("=", $"={_directory.Path}/", StringComparison.Ordinal)}");
        Assert.Contains(reason, failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ConnectAsync_TlsForAnotherName_IsRefused()
    {
        var server = await StartAsync(TlsEndpoint("localhost"), RecordingFactory.Echo());
        var failure = await FailAsync($"tls:127.0.0.1:{Port(server)}:trustRoots={_directory["localhost.pem"]}");
        Assert.Contains("certificate is for that host", failure.Message, StringComparison.Ordinal);
        Assert.Equal(SocketError.ConnectionAborted, failure.Error);
    }

    [Fact]
    public async Task ConnectAsync_NobodyListening_SaysWhereAndWhatToDo()
    {
        using Socket bound = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        bound.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        RecordingClientFactory factory = new();
        var failure = await FailAsync($"tcp:{((IPEndPoint)bound.LocalEndPoint!).Address}:{((IPEndPoint)bound.LocalEndPoint).Port}", factory);
        Assert.Equal(
            $"Cannot connect to 'tcp:127.0.0.1:{((IPEndPoint)bound.LocalEndPoint).Port}', because no process listens on {bound.LocalEndPoint}.\n  Start that server, or correct the host and the port.",
            failure.Message);
        Assert.Equal(SocketError.ConnectionRefused, failure.Error);
        Assert.Same(failure, factory.FailureReason);
        Assert.True(SpinWait.SpinUntil(() => factory.Journal.Entries.Contains("stop"), Bounded.Patience));
        Assert.Equal(["start", "connecting", "failed", "stop"], factory.Journal.Entries);
    }

    [Theory]
    [InlineData("unix:/nonexistent/poetry.sock", "there is no such file")]
    [InlineData("tcp:no-such-host.invalid:1", "that host name cannot be resolved")]
    [InlineData("tcp:127.0.0.1:1:bindAddress=192.0.2.1", "which this machine does not have")]
    [InlineData("tcp:127.0.0.1:1:bindAddress=\\:\\:1", "no address of the same family as ::1")]
    public async Task ConnectAsync_WrongPlace_SaysWhy(string endpoint, string reason) =>
        Assert.Contains(reason, (await FailAsync(endpoint)).Message, StringComparison.Ordinal);

    [Fact]
    public async Task ConnectAsync_TooLongAPath_SaysSo() =>
        Assert.Contains("Cannot connect to 'unix:", (await FailAsync($"unix:/{new string('x', 200)}")).Message, StringComparison.Ordinal);

    [Fact]
    public async Task ConnectAsync_NoAnswer_EndsWithTheTimeout()
    {
        using FullListener full = new(new IPEndPoint(IPAddress.Loopback, 0));
        var failure = await FailAsync($"tcp:127.0.0.1:{((IPEndPoint)full.EndPoint).Port}:timeout=1");
        Assert.Equal(SocketError.TimedOut, failure.Error);
        Assert.Contains("because that took longer than 1 s", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ConnectAsync_Cancelled_GivesUp()
    {
        using FullListener full = new(new IPEndPoint(IPAddress.Loopback, 0));
        RecordingClientFactory factory = new();
        using CancellationTokenSource cancellation = new();
        var connecting = Client($"tcp:127.0.0.1:{((IPEndPoint)full.EndPoint).Port}").ConnectAsync(factory, cancellationToken: cancellation.Token);
        await cancellation.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => connecting.Soon());
        Assert.IsAssignableFrom<OperationCanceledException>(factory.FailureReason);
    }

    [Fact]
    public async Task ConnectAsync_UnixWithFullBacklog_WaitsForRoom()
    {
        using FullListener full = new(new UnixDomainSocketEndPoint(_directory["full.sock"]));
        var connecting = Client($"unix:{_directory["full.sock"]}").ConnectProtocolAsync(new RecordingProtocol(new RecordingFactory()), cancellationToken: Token);
        await Task.Yield();
        Assert.False(connecting.IsCompleted);
        full.AcceptAll();
        (await connecting.Soon()).Transport.AbortConnection();
    }

    [Fact]
    public async Task ConnectAsync_FactoryThatBuildsNothing_IsAFailure()
    {
        var server = await StartAsync("tcp:0:interface=127.0.0.1", RecordingFactory.Echo());
        var failure = await FailAsync($"tcp:127.0.0.1:{Port(server)}", new RecordingClientFactory { Builds = () => null });
        Assert.Contains("RecordingClientFactory built no protocol.", failure.Message, StringComparison.Ordinal);
        failure = await FailAsync($"tcp:127.0.0.1:{Port(server)}", new RecordingClientFactory { Builds = () => throw new InvalidTimeZoneException("no zone") });
        Assert.Contains("built no protocol: no zone.", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ConnectAsync_ProtocolThatClosesAtOnce_HasEnded()
    {
        var server = await StartAsync("tcp:0:interface=127.0.0.1", new RecordingFactory());
        RecordingFactory closing = new() { WhenMade = protocol => protocol.Transport.LoseConnection() };
        var protocol = await Client($"tcp:127.0.0.1:{Port(server)}").ConnectProtocolAsync(new RecordingProtocol(closing), cancellationToken: Token).Soon();
        Assert.Null(await protocol.Lost.Soon());
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var running in _running)
            await running.DisposeAsync();
        _directory.Dispose();
    }

    private static ClientEndpoint Client(string text) => Endpoint.ParseClient(text);

    private static int Port(StreamServer server) => ((IPEndPoint)server.LocalAddresses[0]).Port;

    private static async Task<CannotConnectException> FailAsync(string endpoint, ClientFactory? factory = null)
    {
        var failure = await Assert.ThrowsAsync<CannotConnectException>(() => Client(endpoint).ConnectAsync(factory ?? new RecordingClientFactory(), cancellationToken: Token).Soon());
        Assert.Equal(Client(endpoint), failure.Target);
        Assert.StartsWith($"Cannot connect to '{Client(endpoint)}', because ", failure.Message, StringComparison.Ordinal);
        return failure;
    }

    private async Task<StreamServer> StartAsync(string endpoint, ServerFactory factory)
    {
        StreamServer server = new(endpoint, factory);
        _running.Add(await RunningService.StartAsync(server));
        return server;
    }

    private string TlsEndpoint(string host)
    {
        var (certificate, key) = TestCertificates.WritePem(_directory, host);
        return $"tls:0:certificate={certificate}:key={key}:interface=127.0.0.1";
    }
}
