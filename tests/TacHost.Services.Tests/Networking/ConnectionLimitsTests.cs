using System.Net.Sockets;
using Microsoft.Extensions.Logging;
using TacHost.Services.Networking;

namespace TacHost.Services.Tests.Networking;

public sealed class ConnectionLimitsTests : IDisposable
{
    private readonly TemporaryDirectory _directory = new();

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Connections_ReachedAndRefusing_ResetsUntilOneEnds(bool tls)
    {
        var factory = RecordingFactory.Echo();
        await using var server = await RunningServer.StartAsync(factory, tls ? _directory : null, new ConnectionLimits { MaxConnections = 2, OnLimitReached = ConnectionLimitBehavior.Refuse });
        using var first = await server.ConnectAsync();
        using var second = await server.ConnectAsync();
        var protocols = new[] { await factory.NextAsync(), await factory.NextAsync() };
        Assert.True(await IsRefusedAsync(GreetAsync(server)));

        first.Dispose();
        await (await Task.WhenAny(protocols.Select(protocol => protocol.Lost)).Soon());
        await GreetAsync(server);
        Assert.Single(server.Log.Lines, line => line.Text.Contains("the maximum number of connections is open", StringComparison.Ordinal) && line.Level == LogLevel.Warning);
    }

    [Fact]
    public async Task Connections_ReachedAndWaiting_ServesWhenOneEnds()
    {
        var factory = RecordingFactory.Echo();
        await using var server = await RunningServer.StartAsync(factory, null, new ConnectionLimits { MaxConnections = 1 });
        using var first = await server.ConnectAsync();
        await factory.NextAsync();
        var waiting = Enumerable.Range(0, 5).Select(_ => GreetAsync(server)).ToList();
        Assert.False((await Task.WhenAny(waiting.Append(Task.Delay(200, TestContext.Current.CancellationToken)))) is Task<bool>);
        Assert.True(factory.HasNone);
        first.Dispose();
        await Task.WhenAll(waiting).Soon();
    }

    [Fact]
    public async Task Connections_ClosedInTheFirstCallback_DoNotCount()
    {
        await using var server = await RunningServer.StartAsync(RecordingFactory.Saying("poem"u8.ToArray()), null, new ConnectionLimits { MaxConnections = 1, OnLimitReached = ConnectionLimitBehavior.Refuse });
        for (var i = 0; i < 50; i++)
        {
            using var client = await server.ConnectAsync();
            Assert.Equal("poem"u8.ToArray(), await client.ReadToEndAsync());
        }
    }

    [Fact]
    public async Task StopAsync_WaitingForRoom_Ends()
    {
        var server = await RunningServer.StartAsync(RecordingFactory.Echo(), null, new ConnectionLimits { MaxConnections = 1 });
        using var first = await server.ConnectAsync();
        using var second = await server.ConnectAsync();
        await server.DisposeAsync();
    }

    [Fact]
    public async Task ConnectionsPerAddress_Reached_RefusesThatAddress()
    {
        var factory = RecordingFactory.Echo();
        await using var server = await RunningServer.StartAsync(factory, null, new ConnectionLimits { MaxConnectionsPerAddress = 1 });
        using var first = await server.ConnectAsync();
        var protocol = await factory.NextAsync();
        Assert.True(await IsRefusedAsync(GreetAsync(server)));
        first.Dispose();
        await protocol.Lost.Soon();
        await GreetAsync(server);
    }

    [Fact]
    public async Task ConnectionsPerAddress_BehindProxy_CountsTheRealClient()
    {
        var factory = RecordingFactory.Echo();
        StreamServer server = new("haproxy:tcp:0:interface=127.0.0.1", factory) { Limits = new ConnectionLimits { MaxConnectionsPerAddress = 1 } };
        await using var running = await RunningService.StartAsync(server);
        using var first = await GreetAsAsync("192.0.2.1");
        using var second = await GreetAsAsync("192.0.2.2");
        Assert.True(await IsRefusedAsync(GreetAsAsync("192.0.2.1")));

        async Task<Client> GreetAsAsync(string address)
        {
            var client = await Client.ConnectAsync(server.LocalAddresses[0]);
            await client.SendAsync($"PROXY TCP4 {address} 192.0.2.9 1000 80\r\nhello");
            Assert.Equal("hello", await client.ReadAsync(5));
            return client;
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task IdleTimeout_NothingHappens_ClosesWithTimeoutException(bool tls)
    {
        RecordingFactory factory = new();
        await using var server = await RunningServer.StartAsync(factory, tls ? _directory : null, new ConnectionLimits { IdleTimeout = TimeSpan.FromMilliseconds(200) });
        using var client = await server.ConnectAsync();
        Assert.Empty(await client.ReadToEndAsync());
        client.Dispose();
        Assert.IsType<TimeoutException>(await (await factory.NextAsync()).Lost.Soon());
    }

    [Fact]
    public async Task IdleTimeout_PeerTakesNothing_Aborts()
    {
        RecordingFactory factory = new() { WhenMade = protocol => protocol.Transport.Write(new byte[50_000_000]) };
        await using var server = await RunningServer.StartAsync(factory, null, new ConnectionLimits { IdleTimeout = TimeSpan.FromMilliseconds(200) });
        using var client = await server.ConnectAsync();
        Assert.IsType<TimeoutException>(await (await factory.NextAsync()).Lost.Soon());
    }

    [Fact]
    public async Task IdleTimeout_SomethingHappens_KeepsTheConnection()
    {
        const int idle = 500;
        var factory = RecordingFactory.Echo();
        await using var server = await RunningServer.StartAsync(factory, null, new ConnectionLimits { IdleTimeout = TimeSpan.FromMilliseconds(idle) });

        // A machine that has much else to do may let that time pass between two bytes; then it has to be tried again.
        while (await LongestPauseAsync(2 * idle) is var longest && longest > idle / 2)
            TestContext.Current.TestOutputHelper?.WriteLine($"a pause of {longest} ms");

        async Task<long> LongestPauseAsync(int forMilliseconds)
        {
            using var client = await server.ConnectAsync();
            var protocol = await factory.NextAsync();
            using PeriodicTimer beat = new(TimeSpan.FromMilliseconds(idle / 10));
            var (start, last, longest) = (Environment.TickCount64, Environment.TickCount64, 0L);
            while (last - start < forMilliseconds && longest <= idle / 2 && await beat.WaitForNextTickAsync(TestContext.Current.CancellationToken))
            {
                try
                {
                    await client.SendAsync("a");
                    await client.ReadAsync(1);
                }
                catch (IOException) when (Environment.TickCount64 - last > idle / 2)
                {
                    return Environment.TickCount64 - last;
                }

                (longest, last) = (Math.Max(longest, Environment.TickCount64 - last), Environment.TickCount64);
            }

            Assert.True(longest > idle / 2 || !protocol.Lost.IsCompleted);
            return longest;
        }
    }

    public void Dispose() => _directory.Dispose();

    /// <summary>A reset may come as early as in the connect.</summary>
    private static async Task<bool> IsRefusedAsync(Task greeting)
    {
        try
        {
            await greeting;
            return false;
        }
        catch (Exception e) when (e is IOException or SocketException)
        {
            return true;
        }
    }

    private static async Task<bool> GreetAsync(RunningServer server)
    {
        using var client = await server.ConnectAsync();
        await client.SendAsync("hello");
        return await client.ReadAsync(5) == "hello";
    }
}
