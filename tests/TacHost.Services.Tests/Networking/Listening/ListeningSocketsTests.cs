using System.Net;
using System.Net.Sockets;
using TacHost.Services.Networking;

namespace TacHost.Services.Tests.Networking.Listening;

public sealed class ListeningSocketsTests : IAsyncDisposable
{
    private static readonly byte[] _poem = [.. Enumerable.Range(0, 3_000).Select(i => (byte)i)];

    private readonly TemporaryDirectory _directory = new();
    private readonly Application _application = new("test");

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("tcp:0:interface=127.0.0.1")]
    [InlineData("unix:{0}/x.sock")]
    public async Task Hold_RestartsUnderLoad_LoseNoConnection(string endpoint)
    {
        StreamServer server = new(string.Format(null, endpoint, _directory.Path), RecordingFactory.Saying(_poem));
        server.SetServiceParent(_application);
        await _application.StartAsync(Token).Soon();
        var endPoint = server.LocalAddresses[0];
        using var over = CancellationTokenSource.CreateLinkedTokenSource(Token);
        SemaphoreSlim served = new(0);
        var clients = Enumerable.Range(0, 16).Select(_ => Task.Run(() => FetchUntilAsync(endPoint, served, over.Token), Token)).ToList();
        for (var restart = 0; restart < 50; restart++)
        {
            using (_application.ListeningSockets.Hold(server))
            {
                await server.StopAsync(Token).Soon();
                await server.StartAsync(Token).Soon();
            }

            Assert.Equal(endPoint, server.LocalAddresses[0]);
            await served.WaitAsync(Token).Soon();
        }

        await over.CancelAsync();
        await Task.WhenAll(clients).Soon();
    }

    [Fact]
    public async Task Hold_BetweenStopAndStart_ClientsWaitInTheBacklog()
    {
        TcpServer server = new(0, RecordingFactory.Saying(_poem), "127.0.0.1");
        server.SetServiceParent(_application);
        await _application.StartAsync(Token).Soon();
        Task<byte[]> reading;
        using (_application.ListeningSockets.Hold(server))
        {
            var endPoint = server.LocalAddresses[0];
            await server.StopAsync(Token).Soon();
            reading = FetchAsync(endPoint);
            Assert.NotSame(reading, await Task.WhenAny(reading, Task.Delay(200, Token)));
            await server.StartAsync(Token).Soon();
        }

        Assert.Equal(_poem, await reading.Soon());
    }

    [Fact]
    public async Task Hold_OverWithoutAStart_ClosesTheSocket()
    {
        TcpServer server = new(0, RecordingFactory.Saying(_poem), "127.0.0.1");
        server.SetServiceParent(_application);
        await _application.StartAsync(Token).Soon();
        var endPoint = server.LocalAddresses[0];
        using (_application.ListeningSockets.Hold(_application))
            await server.StopAsync(Token).Soon();
        await IsRefusedAsync(endPoint);
    }

    [Fact]
    public async Task Hold_AnotherService_DoesNotKeep()
    {
        TcpServer server = new(0, RecordingFactory.Saying(_poem), "127.0.0.1"), other = new(0, RecordingFactory.Saying(_poem), "127.0.0.1");
        server.SetServiceParent(_application);
        other.SetServiceParent(_application);
        await _application.StartAsync(Token).Soon();
        var endPoint = server.LocalAddresses[0];
        using (_application.ListeningSockets.Hold(other))
        {
            await server.StopAsync(Token).Soon();
            await IsRefusedAsync(endPoint);
        }
    }

    [Fact]
    public async Task Hold_StartThatFails_KeepsTheSocketForTheNextOne()
    {
        var fails = false;
        TcpServer server = new(0, new FailingFactory(() => fails), "127.0.0.1");
        server.SetServiceParent(_application);
        await _application.StartAsync(Token).Soon();
        var endPoint = server.LocalAddresses[0];
        using (_application.ListeningSockets.Hold(server))
        {
            await server.StopAsync(Token).Soon();
            fails = true;
            await Assert.ThrowsAsync<InvalidOperationException>(() => server.StartAsync(Token));
            fails = false;
            await server.StartAsync(Token).Soon();
        }

        Assert.Equal(endPoint, server.LocalAddresses[0]);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Hold_DatagramServer_ReceivesWhatCameMeanwhile(bool unix)
    {
        RecordingDatagrams protocol = new();
        DatagramServer server = unix ? new UnixDatagramServer(_directory["x.sock"], protocol) : new UdpServer(0, protocol, "127.0.0.1");
        server.SetServiceParent(_application);
        await _application.StartAsync(Token).Soon();
        var endPoint = server.LocalAddresses[0];
        using Socket client = new(endPoint.AddressFamily, SocketType.Dgram, ProtocolType.Unspecified);
        using (_application.ListeningSockets.Hold(server))
        {
            await server.StopAsync(Token).Soon();
            await client.SendToAsync("meanwhile"u8.ToArray(), endPoint, Token);
            await server.StartAsync(Token).Soon();
        }

        Assert.Equal("meanwhile", (await protocol.NextAsync()).Text);
        Assert.Equal(endPoint, server.LocalAddresses[0]);
    }

    /// <summary>A round takes a second: the kernel drops the SYN of some client, which sends it again then.</summary>
    [Theory]
    [InlineData(3)]
    [InlineData(20, Traits = ["Set", "long"])]
    public async Task StopAsync_UnderLoad_ServesEveryConnectionThatTheKernelHadCompleted(int rounds)
    {
        await _application.StartAsync(Token).Soon();
        for (var round = 0; round < rounds; round++)
        {
            TcpServer server = new(0, RecordingFactory.Saying(_poem), "127.0.0.1");
            await server.SetServiceParentAsync(_application, Token).Soon();
            var endPoint = server.LocalAddresses[0];
            var served = new SemaphoreSlim(0);
            var clients = Enumerable.Range(0, 16).Select(_ => Task.Run(() => FetchUntilRefusedAsync(endPoint, served), Token)).ToList();
            for (var i = 0; i < 50; i++)
                await served.WaitAsync(Token).Soon();
            await server.DisownServiceParentAsync(Token).Soon();
            await Task.WhenAll(clients).Soon();
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _application.StopAsync(new CancellationToken(canceled: true)).Soon();
        _directory.Dispose();
    }

    private static async Task FetchUntilAsync(EndPoint endPoint, SemaphoreSlim served, CancellationToken over)
    {
        while (!over.IsCancellationRequested)
        {
            Assert.Equal(_poem, await FetchAsync(endPoint));
            served.Release();
        }
    }

    /// <summary>A connect may fail once the port is closed; a connection that was made must not.</summary>
    private static async Task FetchUntilRefusedAsync(EndPoint endPoint, SemaphoreSlim served)
    {
        while (true)
        {
            using Socket socket = new(endPoint.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
            try
            {
                await socket.ConnectAsync(endPoint, Token).AsTask().Soon();
            }
            catch (SocketException)
            {
                return;
            }

            using NetworkStream stream = new(socket);
            using MemoryStream all = new();
            await stream.CopyToAsync(all, Token).Soon();
            Assert.Equal(_poem, all.ToArray());
            served.Release();
        }
    }

    private static async Task<byte[]> FetchAsync(EndPoint endPoint)
    {
        using var client = await Client.ConnectAsync(endPoint);
        return await client.ReadToEndAsync();
    }

    private static async Task IsRefusedAsync(EndPoint endPoint) =>
        Assert.Equal(SocketError.ConnectionRefused, (await Assert.ThrowsAsync<SocketException>(() => Client.ConnectAsync(endPoint))).SocketErrorCode);

    private sealed class FailingFactory(Func<bool> fails) : ServerFactory
    {
        protected internal override Protocol? BuildProtocol(EndPoint peer) => null;

        protected override void StartFactory()
        {
            if (fails())
                throw new InvalidOperationException("as asked");
        }
    }
}
