using System.Net;
using System.Net.Sockets;
using TacHost.Services.Networking;
using TacHost.Services.Networking.Endpoints;
using TacHost.Services.Networking.Listening;

namespace TacHost.Services.Tests.Networking;

public sealed class StreamServerTests : IDisposable
{
    private readonly Socket _inherited = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);

    public StreamServerTests()
    {
        _inherited.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        _inherited.Listen();
    }

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public void Constructor_NoEndpoint_IsRefused() =>
        Assert.Throws<FormatException>(() => new StreamServer("8080", new RecordingFactory()));

    [Fact]
    public async Task StartAsync_TcpEndpoint_Serves()
    {
        StreamServer server = new("tcp:0:interface=127.0.0.1", RecordingFactory.Echo());
        await using var running = await RunningService.StartAsync(server);
        using var client = await Client.ConnectAsync(Assert.Single(server.LocalAddresses));
        await client.SendAsync("hello");
        Assert.Equal("hello", await client.ReadAsync(5));
    }

    [Fact]
    public async Task StartAsync_Tcp6Endpoint_ListensOnIPv6Only()
    {
        Assert.SkipUnless(File.Exists("/proc/net/if_inet6") && (await File.ReadAllTextAsync("/proc/net/if_inet6", Token)).Length > 0, "this machine has no IPv6");
        StreamServer server = new("tcp6:0:interface=\\:\\:1", RecordingFactory.Echo());
        await server.StartAsync(Token);
        Assert.All(server.LocalAddresses, endPoint => Assert.Equal(AddressFamily.InterNetworkV6, endPoint.AddressFamily));
        await server.StopAsync(Token);
    }

    [Fact]
    public async Task StartAsync_InheritedDescriptor_ServesOnEachStart()
    {
        StreamServer server = new($"fd:{_inherited.Handle}", RecordingFactory.Saying("poem"u8.ToArray()));
        for (var round = 0; round < 3; round++)
        {
            await server.StartAsync(Token);
            using (var client = await Client.ConnectAsync(server.LocalAddresses[0]))
                Assert.Equal("poem"u8.ToArray(), await client.ReadToEndAsync());
            await server.StopAsync(Token).Soon();
        }
    }

    [Theory]
    [InlineData(0, null)]
    [InlineData(null, "http")]
    public async Task StartAsync_SystemdSocket_Serves(int? index, string? name)
    {
        StreamServer server = new(new SystemdServerEndpoint("INET", index, name) { Activation = Told("self", "1", "http") }, RecordingFactory.Saying("poem"u8.ToArray()));
        await using var running = await RunningService.StartAsync(server);
        Assert.Equal(_inherited.LocalEndPoint, Assert.Single(server.LocalAddresses));
        using var client = await Client.ConnectAsync(server.LocalAddresses[0]);
        Assert.Equal("poem"u8.ToArray(), await client.ReadToEndAsync());
    }

    [Fact]
    public async Task StartAsync_SystemdSocketOfAnotherDomain_IsRefused() =>
        Assert.Contains("which is not of the domain UNIX", await FailureAsync(new SystemdServerEndpoint("UNIX", 0, null) { Activation = Told("self", "1", null) }), StringComparison.Ordinal);

    [Fact]
    public async Task StartAsync_SystemdSocketThatIsNotOurs_SaysWhy()
    {
        var failure = await FailureAsync(new SystemdServerEndpoint("INET", 0, null) { Activation = Told("17", "1", null) });
        Assert.Contains($"'systemd:domain=INET:index=0', because LISTEN_PID is '17', but this is process {Environment.ProcessId}.", failure, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(null, "1", "LISTEN_PID is not set")]
    [InlineData("self", null, "LISTEN_FDS is ''")]
    [InlineData("self", "many", "LISTEN_FDS is 'many'")]
    [InlineData("self", "2147483647", "LISTEN_FDS is '2147483647'")]
    public async Task StartAsync_NoSystemdSockets_SaysWhy(string? process, string? count, string reason) =>
        Assert.Contains(reason, await FailureAsync(new SystemdServerEndpoint(null, 0, null) { Activation = Told(process, count, null) }), StringComparison.Ordinal);

    [Fact]
    public async Task StartAsync_UnknownSystemdName_NamesThoseThereAre() =>
        Assert.Contains("the sockets are named http, unknown", await FailureAsync(new SystemdServerEndpoint(null, null, "web") { Activation = Told("self", "2", "http") }), StringComparison.Ordinal);

    [Fact]
    public async Task StartAsync_SystemdIndexTooLarge_SaysHowManyThereAre() =>
        Assert.Contains("systemd handed over 2 socket(s)", await FailureAsync(new SystemdServerEndpoint(null, 2, null) { Activation = Told("self", "2", null) }), StringComparison.Ordinal);

    public void Dispose() => _inherited.Dispose();

    private static async Task<string> FailureAsync(ServerEndpoint endpoint)
    {
        StreamServer server = new(endpoint, new RecordingFactory());
        return (await Assert.ThrowsAsync<CannotListenException>(() => server.StartAsync(Token))).Message;
    }

    private ActivationEnvironment Told(string? process, string? count, string? names) => new(
        name => name switch
        {
            "LISTEN_PID" => process == "self" ? $"{Environment.ProcessId}" : process,
            "LISTEN_FDS" => count,
            "LISTEN_FDNAMES" => names,
            _ => null,
        },
        Environment.ProcessId,
        (int)_inherited.Handle);
}
