using System.IO.Pipelines;
using System.Net;
using System.Net.Sockets;
using TacHost.Services.Networking;

namespace TacHost.Services.Tests.Networking;

public sealed partial class ManyStartsTests
{
    [Fact]
    [LongSet]
    public async Task Tree_OfEachKind_StartedAndStoppedAThousandTimes_LeavesNothing()
    {
        var (certificate, key) = TestCertificates.WritePem(_directory, "localhost");
        List<WeakReference> protocols = [];
        EchoFactory echo = new(protocols);
        EchoClientFactory clients = new(protocols);
        Application application = new("every kind");
        MultiService group = new();
        group.SetServiceParent(application);
        TcpServer tcp = new(0, echo, "127.0.0.1") { Limits = new ConnectionLimits { MaxConnections = 5, IdleTimeout = TimeSpan.FromMinutes(1) } };
        tcp.SetServiceParent(group);
        TlsServer tls = new(0, echo, new TlsOptions(TlsCertificate.FromPem(certificate, key)), "127.0.0.1");
        tls.SetServiceParent(group);
        UnixServer unix = new(_directory["stream.sock"], echo);
        unix.SetServiceParent(group);
        UdpServer udp = new(0, RecordingDatagrams.Echo(), "127.0.0.1");
        udp.SetServiceParent(application);
        new UnixDatagramServer(_directory["datagrams.sock"], new RecordingDatagrams()).SetServiceParent(application);
        ClientService client = new($"unix:{_directory["stream.sock"]}", clients);
        client.SetServiceParent(application);
        new UnixClientService(_directory["stream.sock"], clients).SetServiceParent(application);
        var (ticks, bodies) = (0, 0);
        new TimerService(TimeSpan.FromHours(1), () => ticks++).SetServiceParent(application);
        new ExecutingService(token => Task.Delay(Timeout.Infinite, token)).SetServiceParent(application);
        application.AddService(new BodyInTheBackground(token => Task.Delay(Timeout.Infinite, token).ContinueWith(_ => bodies++, TaskScheduler.Default)), "background");

        await LeavesNothingAsync(async () =>
        {
            await application.StartAsync(Token).Soon();
            await client.WhenConnectedAsync(cancellationToken: Token).Soon();
            await AskAsync((IPEndPoint)udp.LocalAddresses[0]);
            using (var remote = await Client.ConnectAsync(tcp.LocalAddresses[0]))
            using (var local = await Client.ConnectAsync(unix.LocalAddresses[0]))
            {
                await GreetAsync(remote);
                await GreetAsync(local);
            }

            await application.StopAsync(Token).Soon();
        });

        // A task of a connection that goes on holds its protocol; the last ones may still be on a stack.
        for (var attempt = 0; attempt < 20 && Alive() > 5; attempt++)
        {
            await Task.Delay(50, Token);
            GC.Collect();
            GC.WaitForPendingFinalizers();
        }

        Assert.True(protocols.Count >= 5 * Rounds);
        Assert.True(ticks >= Rounds && bodies >= Rounds);
        Assert.InRange(Alive(), 0, 5);

        int Alive() => protocols.Count(protocol => protocol.IsAlive);
    }

    [Theory]
    [LongSet]
    [InlineData("tcp", true)]
    [InlineData("tls", true)]
    [InlineData("unix", true)]
    [InlineData("tcp", false)]
    [InlineData("tls", false)]
    [InlineData("unix", false)]
    public async Task Client_OfEachKind_StartedAndStoppedAThousandTimes_LeavesNothing(string kind, bool connectsAgain)
    {
        var (certificate, key) = TestCertificates.WritePem(_directory, "localhost");
        List<WeakReference> protocols = [];
        EchoClientFactory clients = new(protocols);
        TlsOptions tls = new(TlsCertificate.FromPem(certificate, key));
        StreamServer server = kind switch
        {
            "tcp" => new TcpServer(0, new EchoFactory(protocols), "127.0.0.1"),
            "tls" => new TlsServer(0, new EchoFactory(protocols), tls, "127.0.0.1"),
            _ => new UnixServer(_directory["stream.sock"], new EchoFactory(protocols)),
        };
        await using var serving = await RunningService.StartAsync(server);
        var port = (server.LocalAddresses[0] as IPEndPoint)?.Port;
        var endpoint = kind switch
        {
            "tcp" => $"tcp:127.0.0.1:{port}",
            "tls" => $"tls:localhost:{port}:trustRoots={certificate}",
            _ => $"unix:{_directory["stream.sock"]}",
        };
        Service client = connectsAgain ? new ClientService(endpoint, clients) : new StreamClient(endpoint, clients);
        await LeavesNothingAsync(async () =>
        {
            await client.StartAsync(Token).Soon();
            await clients.MadeAsync();
            await client.StopAsync(Token).Soon();
        });
        Assert.True(protocols.Count >= 2 * Rounds);
    }

    private static async Task AskAsync(IPEndPoint server)
    {
        using Socket socket = new(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        await socket.ConnectAsync(server, Token);
        await socket.SendAsync("hello"u8.ToArray(), Token);
        Assert.Equal(5, await socket.ReceiveAsync(new byte[16], Token).AsTask().Soon());
    }

    private static async Task GreetAsync(Client client)
    {
        await client.SendAsync("hello");
        Assert.Equal("hello", await client.ReadAsync(5));
    }

    /// <summary>Sends back what comes, in a task over a pipe, and has the test watch each protocol.</summary>
    private sealed class EchoFactory(List<WeakReference> protocols) : ServerFactory
    {
        protected internal override Protocol BuildProtocol(EndPoint peer)
        {
            EchoProtocol protocol = new();
            lock (protocols)
                protocols.Add(new WeakReference(protocol));
            return protocol;
        }
    }

    /// <summary>The same for clients; nobody begins, so nothing is said.</summary>
    private sealed class EchoClientFactory(List<WeakReference> protocols) : ClientFactory
    {
        private readonly SemaphoreSlim _made = new(0);

        public async Task MadeAsync() => Assert.True(await _made.WaitAsync(Bounded.Patience, Token));

        protected internal override Protocol BuildProtocol(EndPoint peer)
        {
            EchoProtocol protocol = new();
            lock (protocols)
                protocols.Add(new WeakReference(protocol));
            _made.Release();
            return protocol;
        }
    }

    private sealed class EchoProtocol : PipeProtocol
    {
        protected override Task RunAsync(IDuplexPipe pipe, CancellationToken cancellationToken) => pipe.Input.CopyToAsync(pipe.Output, cancellationToken);
    }
}
