using System.Net;
using System.Net.Sockets;
using System.Threading.Channels;
using TacHost.Services.Networking;

namespace TacHost.Services.Tests.Networking;

public sealed class ListenerGroupTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Handle_Connection_GetsTheSocketAndTheAddresses()
    {
        HandlingService service = new(ServerEndpoint.Tcp(0, "127.0.0.1"), new ConnectionLimits());
        await using var running = await RunningService.StartAsync(service);
        using var client = await Client.ConnectAsync(service.Listeners.LocalAddresses[0]);
        using var accepted = await service.NextAsync();
        Assert.Equal(client.Socket.LocalEndPoint, accepted.Peer);
        Assert.Equal(service.Listeners.LocalAddresses[0], accepted.Local);
        Assert.Equal(accepted.Local, accepted.Listener);
        await accepted.Socket.SendAsync("hello"u8.ToArray(), Token);
        Assert.Equal("hello", await client.ReadAsync(5));
    }

    [Fact]
    public async Task Handle_BehindProxy_GetsTheClientsAddressAndWhatFollowsTheHeader()
    {
        HandlingService service = new(ServerEndpoint.Tcp(0, "127.0.0.1").WithProxyProtocol(), new ConnectionLimits());
        await using var running = await RunningService.StartAsync(service);
        using var client = await Client.ConnectAsync(service.Listeners.LocalAddresses[0]);
        await client.SendAsync("PROXY TCP4 192.0.2.1 192.0.2.9 1000 80\r\nhello");
        using var accepted = await service.NextAsync();
        Assert.Equal(IPEndPoint.Parse("192.0.2.1:1000"), accepted.Peer);
        Assert.Equal(IPEndPoint.Parse("192.0.2.9:80"), accepted.Local);
        var buffer = new byte[10];
        Assert.Equal(5, await accepted.Socket.ReceiveAsync(buffer, Token));
    }

    [Fact]
    public async Task Handle_LimitReached_NextConnectionWaitsForTheRelease()
    {
        HandlingService service = new(ServerEndpoint.Tcp(0, "127.0.0.1"), new ConnectionLimits { MaxConnections = 1 });
        await using var running = await RunningService.StartAsync(service);
        using var first = await Client.ConnectAsync(service.Listeners.LocalAddresses[0]);
        var accepted = await service.NextAsync();
        using var second = await Client.ConnectAsync(service.Listeners.LocalAddresses[0]);
        var next = service.NextAsync();
        Assert.NotSame(next, await Task.WhenAny(next, Task.Delay(200, Token)));
        accepted.Dispose();
        using var served = await next;
        Assert.Equal(second.Socket.LocalEndPoint, served.Peer);
    }

    [Fact]
    public async Task Handle_Throws_ResetsThatConnectionAndServesTheNext()
    {
        HandlingService service = new(ServerEndpoint.Tcp(0, "127.0.0.1"), new ConnectionLimits { MaxConnections = 1 }) { Fails = true };
        await using var running = await RunningService.StartAsync(service);
        Assert.True(await Assert.ThrowsAnyAsync<Exception>(ReadAsync) is IOException or SocketException);
        service.Fails = false;
        using var second = await Client.ConnectAsync(service.Listeners.LocalAddresses[0]);
        using var accepted = await service.NextAsync();
        Assert.Single(running.Log.Lines, line => line.Text.Contains("threw an exception", StringComparison.Ordinal));

        // The reset may come before the client has seen that it is connected.
        async Task ReadAsync()
        {
            using var client = await Client.ConnectAsync(service.Listeners.LocalAddresses[0]);
            await client.ReadToEndAsync();
        }
    }

    [Fact]
    public async Task StreamServer_OnARegisteredKindOfEndpoint_ListensThere()
    {
        Endpoint.RegisterServer("loopback", text => ServerEndpoint.Custom(text, _ =>
        {
            Socket socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
            socket.Listen();
            return Task.FromResult<IReadOnlyList<Socket>>([socket]);
        }));
        StreamServer server = new("haproxy:loopback:anything", RecordingFactory.Saying("poem"u8.ToArray()));
        await using var running = await RunningService.StartAsync(server);
        using var client = await Client.ConnectAsync(server.LocalAddresses[0]);
        await client.SendAsync("PROXY UNKNOWN\r\n");
        Assert.Equal("poem"u8.ToArray(), await client.ReadToEndAsync());
        Assert.Equal("haproxy:loopback:anything", Endpoint.Parse("haproxy:loopback:anything").ToString());
        Assert.Throws<InvalidOperationException>(() => Endpoint.RegisterServer("loopback", _ => ServerEndpoint.FileDescriptor(3)));
        Assert.Throws<InvalidOperationException>(() => Endpoint.RegisterServer("tcp", _ => ServerEndpoint.FileDescriptor(3)));
    }

    [Theory]
    [InlineData("tcp:80")]
    [InlineData("tcp:80:interface=\\:\\:1:backlog=5")]
    [InlineData("unix:/run/a\\:b:mode=660")]
    [InlineData("fd:3")]
    [InlineData("systemd:name=http")]
    [InlineData("haproxy:tcp:80")]
    [InlineData("haproxy:trust=10.0.0.0/8:tcp:80")]
    public void ServerEndpoint_MadeInCode_EqualsTheParsedOne(string text)
    {
        var parsed = Endpoint.Parse(text);
        var made = text switch
        {
            "tcp:80" => ServerEndpoint.Tcp(80),
            "fd:3" => ServerEndpoint.FileDescriptor(3),
            "systemd:name=http" => ServerEndpoint.Systemd("http"),
            "haproxy:tcp:80" => ServerEndpoint.Tcp(80).WithProxyProtocol(),
            ['h', ..] => ServerEndpoint.Tcp(80).WithProxyProtocol("10.0.0.0/8"),
            ['u', ..] => ServerEndpoint.Unix("/run/a:b", (UnixFileMode)0b110_110_000),
            _ => ServerEndpoint.Tcp(80, "::1", 5),
        };
        Assert.Equal(parsed, made);
        Assert.Equal(text[..text.IndexOf(':', StringComparison.Ordinal)], made.Scheme);
    }

    [Fact]
    public void ClientEndpoint_MadeInCode_EqualsTheParsedOne()
    {
        Assert.Equal(Endpoint.ParseClient("tcp:\\:\\:1:80"), ClientEndpoint.Tcp("::1", 80));
        Assert.Equal(Endpoint.ParseClient("tls:example.org:443:timeout=5"), ClientEndpoint.Tls("example.org", 443, TimeSpan.FromSeconds(5)));
        Assert.Equal(Endpoint.ParseClient("unix:/run/x"), ClientEndpoint.Unix("/run/x"));
        Assert.Equal("host", Assert.Throws<ArgumentException>(() => ClientEndpoint.Tcp("010.0.0.1", 80)).ParamName);
        Assert.Equal("tls", ClientEndpoint.Tls("example.org", 443).Scheme);
    }

    private sealed class HandlingService : Service, IConnectionHandler
    {
        private readonly Channel<AcceptedConnection> _accepted = Channel.CreateUnbounded<AcceptedConnection>();

        public HandlingService(ServerEndpoint endpoint, ConnectionLimits limits) => Listeners = new ListenerGroup(this, endpoint, this, limits);

        public ListenerGroup Listeners { get; }

        public bool Fails { get; set; }

        public Task<AcceptedConnection> NextAsync() => _accepted.Reader.ReadAsync(Token).AsTask().Soon();

        public void Handle(AcceptedConnection connection)
        {
            if (Fails)
                throw new InvalidOperationException("as asked");
            _accepted.Writer.TryWrite(connection);
        }

        protected override Task OnPrivilegedStartAsync(CancellationToken cancellationToken) => Listeners.BindAsync(cancellationToken);

        protected override Task OnStartAsync(CancellationToken cancellationToken)
        {
            Listeners.Start();
            return Task.CompletedTask;
        }

        protected override async Task OnStopAsync(CancellationToken cancellationToken)
        {
            await Listeners.CloseAsync();
            await Listeners.DrainAsync(cancellationToken);
        }
    }
}
