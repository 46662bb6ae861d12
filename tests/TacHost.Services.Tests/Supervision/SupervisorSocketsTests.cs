using System.Net;
using System.Net.Sockets;
using TacHost.Services.Networking;
using TacHost.Services.Supervision;

namespace TacHost.Services.Tests.Supervision;

public sealed class SupervisorSocketsTests
{
    private static readonly byte[] _poem = [.. Enumerable.Range(0, 3_000).Select(i => (byte)i)];

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task TwoHundredRestarts_UnderLoadOf64Clients_LoseNoConnection()
    {
        Supervisor supervisor = new(RestartStrategy.OneForAll, maxRestarts: int.MaxValue) { Backoff = new Backoff { InitialDelay = TimeSpan.FromMilliseconds(1), Factor = 1, Jitter = () => TimeSpan.Zero } };
        Worker worker = new("a");
        TcpServer server = new(0, RecordingFactory.Saying(_poem), "127.0.0.1");
        worker.SetServiceParent(supervisor);
        server.SetServiceParent(supervisor);
        await using var run = await RunningService.StartAsync(supervisor);
        var endPoint = (IPEndPoint)server.LocalAddresses[0];
        using var over = CancellationTokenSource.CreateLinkedTokenSource(Token);
        var served = 0;
        var clients = Enumerable.Range(0, 64).Select(_ => Task.Run(FetchUntilOverAsync, Token)).ToList();

        for (var restart = 1; restart <= 200; restart++)
        {
            var (starts, before) = (restart + 1, Volatile.Read(ref served));
            worker.FailNow();
            await SupervisorTests.Settled(supervisor, [worker], () => worker.Starts == starts && server.Running && server.Restarts == restart);
            Assert.True(SpinWait.SpinUntil(() => Volatile.Read(ref served) > before || clients.Exists(client => client.IsFaulted), Bounded.Patience));
        }

        await over.CancelAsync();
        await Task.WhenAll(clients).Soon();
        Assert.Equal(endPoint, server.LocalAddresses[0]);

        async Task FetchUntilOverAsync()
        {
            var received = new byte[_poem.Length + 1];
            while (!over.IsCancellationRequested)
            {
                using Socket client = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
                await client.ConnectAsync(endPoint, Token);
                var count = 0;
                while (await client.ReceiveAsync(received.AsMemory(count), Token) is var read and > 0)
                    count += read;
                Assert.Equal(_poem, received.AsSpan(0, count).ToArray());
                Interlocked.Increment(ref served);
            }
        }
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Port_OfAChildThatWaitsForItsRestart_IsFreedWhenTheChildOrTheTreeGoes(bool isRemoved)
    {
        Supervisor supervisor = new() { Backoff = new Backoff { InitialDelay = TimeSpan.FromHours(1), MaxDelay = TimeSpan.FromHours(1) } };
        MultiService group = new();
        Worker worker = new("a");
        TcpServer server = new(0, RecordingFactory.Saying(_poem), "127.0.0.1");
        server.SetServiceParent(group);
        worker.SetServiceParent(group);
        group.SetServiceParent(supervisor);
        await using var run = await RunningService.StartAsync(supervisor);
        var endPoint = (IPEndPoint)server.LocalAddresses[0];
        worker.FailNow();
        Assert.True(SpinWait.SpinUntil(() => group.NextTry is not null, Bounded.Patience));
        using (Socket waiting = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp))
            await waiting.ConnectAsync(endPoint, Token);

        if (isRemoved)
            await group.DisownServiceParentAsync(Token);
        else
            await run.StopAsync();
        using Socket client = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        Assert.Equal(SocketError.ConnectionRefused, (await Assert.ThrowsAsync<SocketException>(() => client.ConnectAsync(endPoint, Token).AsTask())).SocketErrorCode);
    }
}
