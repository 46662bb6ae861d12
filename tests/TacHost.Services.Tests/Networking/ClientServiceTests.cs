using System.Net.Sockets;
using TacHost.Services.Networking;
using TacHost.Services.Tests.Networking.Fakes;

namespace TacHost.Services.Tests.Networking;

/// <summary>A test for each row of the table in <see cref="ClientService"/>, and what goes with them.</summary>
public sealed partial class ClientServiceTests : IAsyncDisposable
{
    private const int MoreThanTheKernelTakes = 50_000_000;

    private readonly TestClock _clock = new();
    private readonly StagedEndpoint _endpoint = new();
    private readonly RecordingClientFactory _factory = new();
    private readonly List<Socket> _peers = [];
    private readonly List<ClientService> _services = [];

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public void Init_New_IsTheState() => Assert.Equal(ClientState.Init, Make().ConnectionState);

    [Fact]
    public async Task Init_Start_Connects()
    {
        var service = await StartAsync();
        await _endpoint.NextAsync();
        Assert.Equal(ClientState.Connecting, service.ConnectionState);
    }

    [Fact]
    public async Task Init_StopAfterThePrivilegedPart_IsStopped()
    {
        var service = Make();
        await service.PrivilegedStartAsync(Token);
        await service.StopAsync(CancellationToken.None).Soon();
        Assert.Equal(ClientState.Stopped, service.ConnectionState);
        Assert.Empty(_factory.Journal.Entries);
    }

    [Fact]
    public async Task Connecting_Connected_IsConnected()
    {
        var service = await StartAsync();
        var waiting = service.WhenConnectedAsync(cancellationToken: Token);
        Succeed(await _endpoint.NextAsync());
        var protocol = await waiting.Soon();
        Assert.Equal(ClientState.Connected, service.ConnectionState);
        Assert.Same(protocol, await service.WhenConnectedAsync(cancellationToken: Token));
        Assert.Same(protocol, await _factory.Protocols.NextAsync());
    }

    [Fact]
    public async Task Connecting_Failed_Waits()
    {
        var service = await StartAsync();
        (await _endpoint.NextAsync()).Fail();
        Becomes(service, ClientState.Waiting);
        Assert.True(_endpoint.HasNoAttempt);
    }

    [Fact]
    public async Task Connecting_Stop_GivesTheAttemptUpByWayOfDisconnecting()
    {
        StagedEndpoint deaf = new() { HeedsCancellation = false };
        ClientService service = new(deaf, _factory);
        await service.StartAsync(Token);
        var attempt = await deaf.NextAsync();
        var waiting = service.WhenConnectedAsync(cancellationToken: Token);
        var stop = service.StopAsync(CancellationToken.None);
        Becomes(service, ClientState.Disconnecting);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting.Soon());
        Succeed(attempt);
        await stop.Soon();
        Assert.Equal(ClientState.Stopped, service.ConnectionState);

        // A connection that came too late is not kept.
        Assert.NotEqual(0, await ErrorOrEndAsync(_peers[0]));
    }

    [Fact]
    public async Task Connecting_StopWithAnAttemptThatHeedsIt_IsStopped()
    {
        var service = await StartAsync();
        await _endpoint.NextAsync();
        await service.StopAsync(CancellationToken.None).Soon();
        Assert.Equal(ClientState.Stopped, service.ConnectionState);
        Assert.Equal(["start", "connecting", "failed", "stop"], _factory.Journal.Entries);
    }

    [Fact]
    public async Task Waiting_TimeHasCome_Connects()
    {
        var service = await StartAsync();
        (await _endpoint.NextAsync()).Fail();
        await _clock.WaitsForAsync(TimeSpan.FromSeconds(1.5)).Soon();
        _clock.Advance(TimeSpan.FromSeconds(1.499));
        Assert.Equal(ClientState.Waiting, service.ConnectionState);
        _clock.Advance(TimeSpan.FromSeconds(0.001));
        await _endpoint.NextAsync();
        Assert.Equal(ClientState.Connecting, service.ConnectionState);
    }

    [Fact]
    public async Task Waiting_Reconnect_ConnectsAtOnce()
    {
        var service = await StartAsync();
        (await _endpoint.NextAsync()).Fail();
        Becomes(service, ClientState.Waiting);
        service.Reconnect();
        await _endpoint.NextAsync();
        Assert.Equal(ClientState.Connecting, service.ConnectionState);
    }

    [Fact]
    public async Task Waiting_Stop_IsStopped()
    {
        var service = await StartAsync();
        (await _endpoint.NextAsync()).Fail();
        Becomes(service, ClientState.Waiting);
        await service.StopAsync(CancellationToken.None).Soon();
        Assert.Equal(ClientState.Stopped, service.ConnectionState);
    }

    [Fact]
    public async Task Connected_Lost_Waits()
    {
        var service = await StartAsync();
        var peer = Succeed(await _endpoint.NextAsync());
        await service.WhenConnectedAsync(cancellationToken: Token).Soon();
        peer.Dispose();
        Becomes(service, ClientState.Waiting);
        await _clock.WaitsForAsync(TimeSpan.FromSeconds(1.5)).Soon();
    }

    [Fact]
    public async Task Connected_ReconnectThenOver_ConnectsByWayOfRestarting()
    {
        var service = await StartAsync(Flooding());
        var peer = Succeed(await _endpoint.NextAsync());
        await service.WhenConnectedAsync(cancellationToken: Token).Soon();
        service.Reconnect();
        Assert.Equal(ClientState.Restarting, service.ConnectionState);
        service.Reconnect();
        Assert.Equal(ClientState.Restarting, service.ConnectionState);
        var waiting = service.WhenConnectedAsync(cancellationToken: Token);
        peer.Dispose();
        Succeed(await _endpoint.NextAsync());
        Assert.NotNull(await waiting.Soon());
    }

    [Fact]
    public async Task Restarting_Stop_IsDisconnectingThenStopped()
    {
        var service = await StartAsync(Flooding());
        var peer = Succeed(await _endpoint.NextAsync());
        await service.WhenConnectedAsync(cancellationToken: Token).Soon();
        service.Reconnect();
        await StopByWayOfDisconnectingAsync(service, peer);
        Assert.True(_endpoint.HasNoAttempt);
    }

    [Fact]
    public async Task Connected_Stop_IsDisconnectingThenStopped()
    {
        var service = await StartAsync(Flooding());
        var peer = Succeed(await _endpoint.NextAsync());
        await service.WhenConnectedAsync(cancellationToken: Token).Soon();
        await StopByWayOfDisconnectingAsync(service, peer);
        Assert.True(_endpoint.HasNoAttempt);
    }

    [Fact]
    public async Task Connected_StopWithoutGrace_AbortsTheConnection()
    {
        var service = await StartAsync(Flooding());
        Succeed(await _endpoint.NextAsync());
        var protocol = (RecordingProtocol)await service.WhenConnectedAsync(cancellationToken: Token).Soon();
        await service.StopAsync(new CancellationToken(canceled: true)).Soon();
        Assert.Equal(ClientState.Stopped, service.ConnectionState);
        Assert.NotNull(await protocol.Lost.Soon());
    }

    [Fact]
    public async Task Stopped_Start_ConnectsAgain()
    {
        var service = await StartAsync();
        for (var round = 0; round < 3; round++)
        {
            Succeed(await _endpoint.NextAsync());
            await service.WhenConnectedAsync(cancellationToken: Token).Soon();
            await service.StopAsync(CancellationToken.None).Soon();
            Assert.Equal(ClientState.Stopped, service.ConnectionState);
            await Assert.ThrowsAsync<OperationCanceledException>(() => service.WhenConnectedAsync(cancellationToken: Token));
            service.Reconnect();
            Assert.Equal(ClientState.Stopped, service.ConnectionState);
            await service.StartAsync(Token);
        }

        await _endpoint.NextAsync();
        Assert.Equal(ClientState.Connecting, service.ConnectionState);
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var service in _services)
            await service.StopAsync(new CancellationToken(canceled: true)).Soon();
        foreach (var peer in _peers)
            peer.Dispose();
    }

    private static RecordingClientFactory Flooding() => new() { Protocols = new RecordingFactory { WhenMade = protocol => protocol.Transport.Write(new byte[MoreThanTheKernelTakes]) } };

    private static async Task StopByWayOfDisconnectingAsync(ClientService service, Socket peer)
    {
        var stop = service.StopAsync(CancellationToken.None);
        Becomes(service, ClientState.Disconnecting);
        Assert.False(stop.IsCompleted);
        peer.Dispose();
        await stop.Soon();
        Assert.Equal(ClientState.Stopped, service.ConnectionState);
    }

    private static void Becomes(ClientService service, ClientState state)
    {
        Assert.True(SpinWait.SpinUntil(() => service.ConnectionState == state, Bounded.Patience), $"{service.ConnectionState} in place of {state}");
    }

    private static async Task<int> ErrorOrEndAsync(Socket peer)
    {
        try
        {
            return await peer.ReceiveAsync(new byte[1], SocketFlags.None, Token).AsTask().Soon();
        }
        catch (SocketException e)
        {
            return e.ErrorCode;
        }
    }

    private ClientService Make(ClientFactory? factory = null, Func<Protocol, CancellationToken, Task>? prepare = null)
    {
        ClientService service = new(_endpoint, factory ?? _factory)
        {
            TimeProvider = _clock,
            RetryPolicy = new Backoff { Jitter = () => TimeSpan.Zero }.DelayAfter,
            PrepareConnection = prepare,
        };
        _services.Add(service);
        return service;
    }

    private async Task<ClientService> StartAsync(ClientFactory? factory = null, Func<Protocol, CancellationToken, Task>? prepare = null)
    {
        var service = Make(factory, prepare);
        await service.StartAsync(Token);
        return service;
    }

    private Socket Succeed(StagedEndpoint.Attempt attempt)
    {
        var peer = attempt.Succeed();
        _peers.Add(peer);
        return peer;
    }
}
