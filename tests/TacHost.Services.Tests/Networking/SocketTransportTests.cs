using System.Net;
using System.Net.Sockets;
using TacHost.Services.Networking;

namespace TacHost.Services.Tests.Networking;

public sealed class SocketTransportTests : IAsyncLifetime
{
    private static readonly byte[] _line = "a line\n"u8.ToArray();
    private readonly CollectingLoggerFactory _log = new();
    private TcpServer? _server;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public async ValueTask DisposeAsync()
    {
        if (_server is not null)
            await _server.StopAsync(new CancellationToken(canceled: true)).Soon();
        _log.Dispose();
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(3_003)]
    [InlineData(14_600)]
    [InlineData(14_601)]
    [InlineData(1_000_000)]
    [InlineData(20_000_000)]
    public async Task LoseConnection_AfterWrite_SendsEveryByteThenCloses(int size)
    {
        var poem = Bytes(size);
        var protocol = Reciter(poem);
        using var client = await ConnectAsync(protocol);
        AssertSame(poem, await client.ReadToEndAsync());
        client.Dispose();
        Assert.Null(await protocol.Lost.Soon());
        Assert.Equal(["made", "lost"], protocol.Journal.Entries);
    }

    [Theory]
    [InlineData(3_003)]
    [InlineData(20_000_000)]
    public async Task LoseConnection_ClientHalfClosingAtOnce_SendsEveryByte(int size)
    {
        var poem = Bytes(size);
        var protocol = Reciter(poem);
        using var client = await ConnectAsync(protocol);
        client.Socket.Shutdown(SocketShutdown.Send);
        AssertSame(poem, await client.ReadToEndAsync());
        Assert.Null(await protocol.Lost.Soon());
    }

    [Theory]
    [InlineData(100_000)]
    [InlineData(20_000_000)]
    public async Task LoseConnection_ClientSendingBeforeAndWhileItReads_IsNotCutOff(int size)
    {
        // The smaller poem fits into the kernel's buffer on this side, but not into that on the other.
        var poem = Bytes(size);
        var protocol = Reciter(poem);
        await ServeAsync(_ => protocol);
        using var client = await LoopbackPeer.ConnectAsync(_server!.LocalAddresses[0], receiveBuffer: 8 * 1024);
        await client.SendAsync(Bytes(10_000));
        using var all = new MemoryStream();
        var buffer = new byte[8 * 1024];
        while (await client.ReadAsync(buffer) is > 0 and var count)
        {
            all.Write(buffer, 0, count);
            await client.SendAsync(_line);
        }

        AssertSame(poem, all.ToArray());
        client.Dispose();
        Assert.Null(await protocol.Lost.Soon());
        Assert.Equal(["made", "lost"], protocol.Journal.Entries);
    }

    [Fact]
    public async Task LoseConnection_InConnectionMadeAfterAQueueWasSent_StillWaitsForThePeer()
    {
        // The second write goes out when the queue that the first one made is empty again.
        using var firstRead = new ManualResetEventSlim();
        var (first, second) = (Bytes(20_000_000), _line);
        var protocol = new ProtocolOf
        {
            WhenMade = transport =>
            {
                transport.Write(first);
                firstRead.Wait(Bounded.Patience, CancellationToken.None);
                transport.Write(second);
                transport.LoseConnection();
            },
        };
        using var client = await ConnectAsync(protocol);
        var buffer = new byte[256 * 1024];
        for (var count = 0; count < first.Length;)
            count += await client.ReadAsync(buffer);
        firstRead.Set();
        Assert.Equal(second, await client.ReadToEndAsync());

        // Closed for good, the connection would be lost before a moment is over; it lingers for longer than that.
        await Assert.ThrowsAsync<TimeoutException>(() => protocol.Lost.WaitAsync(TimeSpan.FromMilliseconds(300), Token));
        client.Dispose();
        Assert.Null(await protocol.Lost.Soon());
    }

    [Fact]
    public async Task LoseConnection_UnreadBytesWhileTheListenerStops_IsNotCutOff()
    {
        var poem = Bytes(2_000_000);
        var protocol = new ProtocolOf();
        using var client = await ConnectAsync(protocol);
        var transport = await protocol.Made.Soon();
        var stop = _server!.StopAsync(Token);
        await client.SendAsync(Bytes(2_000));
        transport.Write(poem);
        transport.LoseConnection();
        await client.SendAsync(Bytes(2_000));
        AssertSame(poem, await client.ReadToEndAsync());
        client.Dispose();
        await stop.Soon();
    }

    [Fact]
    public async Task LoseConnection_LingeringPeerWhileTheListenerStops_DoesNotHoldItUp()
    {
        // The clients have everything, and keep their sides open. The connection of a listener that goes on lingers longer, though it began before.
        var (elsewhere, protocol) = (Reciter(Bytes(20_000)), Reciter(Bytes(20_000)));
        TcpServer goesOn = new(0, new FactoryOf(_ => elsewhere), "127.0.0.1");
        await using var running = await RunningService.StartAsync(goesOn);
        using var other = await LoopbackPeer.ConnectAsync(goesOn.LocalAddresses[0]);
        await other.ReadToEndAsync();
        using var client = await ConnectAsync(protocol);
        await client.ReadToEndAsync();
        var stop = _server!.StopAsync(Token);
        Assert.Same(stop, await Task.WhenAny(stop, elsewhere.Lost).Soon());
        Assert.Null(await protocol.Lost.Soon());
    }

    [Fact]
    public async Task Write_FromManyThreads_KeepsEachWriteWhole()
    {
        var protocol = new ProtocolOf();
        using var client = await ConnectAsync(protocol);
        var transport = await protocol.Made.Soon();
        const int Threads = 8, Writes = 200, Size = 5_000;
        var read = client.ReadToEndAsync();
        await Task.WhenAll(Enumerable.Range(0, Threads).Select(thread => Task.Run(
            () =>
            {
                for (var number = 0; number < Writes; number++)
                    transport.Write(Enumerable.Repeat((byte)thread, Size).ToArray());
            },
            Token))).Soon();
        transport.LoseConnection();

        var all = await read;
        Assert.Equal(Threads * Writes * Size, all.Length);
        foreach (var write in all.Chunk(Size))
            Assert.True(write.AsSpan().IndexOfAnyExcept(write[0]) < 0, "Two writes were mixed.");
        Assert.All(all.Chunk(Size).CountBy(write => write[0]), count => Assert.Equal(Writes, count.Value));
    }

    [Fact]
    public async Task Write_Queued_KeepsTheOrder()
    {
        var protocol = new ProtocolOf();
        using var client = await ConnectAsync(protocol);
        var transport = await protocol.Made.Soon();
        var parts = Enumerable.Range(0, 40).Select(seed => Bytes(500_000, seed)).ToArray();
        foreach (var part in parts)
            transport.Write(part);
        transport.LoseConnection();
        AssertSame([.. parts.SelectMany(part => part)], await client.ReadToEndAsync());
    }

    [Fact]
    public async Task Write_AfterLoseConnection_IsIgnored()
    {
        var protocol = new ProtocolOf
        {
            WhenMade = transport =>
            {
                transport.Write(_line);
                transport.LoseConnection();
                transport.Write(_line);
            },
        };
        using var client = await ConnectAsync(protocol);
        Assert.Equal(_line, await client.ReadToEndAsync());
        var transport = await protocol.Made.Soon();
        transport.Write(_line);
        transport.LoseConnection();
        transport.AbortConnection();
    }

    [Fact]
    public async Task AbortConnection_WithBytesQueued_ResetsAndTellsTheReason()
    {
        var protocol = new ProtocolOf { WhenMade = transport => transport.Write(Bytes(50_000_000)) };
        using var client = await ConnectAsync(protocol);
        (await protocol.Made.Soon()).AbortConnection();
        Assert.IsType<SocketException>(await protocol.Lost.Soon());
        Assert.Equal(SocketError.ConnectionReset, await client.ReadUntilErrorAsync());
        Assert.Equal(["made", "lost"], protocol.Journal.Entries);
    }

    [Fact]
    public async Task AbortConnection_InConnectionMade_TellsTheReason()
    {
        var protocol = new ProtocolOf { WhenMade = transport => transport.AbortConnection() };
        await ServeAsync(_ => protocol);
        Assert.Equal(SocketError.ConnectionReset, await LoopbackPeer.ConnectUntilErrorAsync(_server!.LocalAddresses[0]));
        Assert.IsType<SocketException>(await protocol.Lost.Soon());
    }

    [Fact]
    public async Task ConnectionLost_PeerResetting_HasTheReason()
    {
        var protocol = new ProtocolOf();
        using var client = await ConnectAsync(protocol);
        await protocol.Made.Soon();
        client.Socket.LingerState = new LingerOption(enable: true, seconds: 0);
        client.Dispose();
        Assert.Equal(SocketError.ConnectionReset, Assert.IsType<SocketException>(await protocol.Lost.Soon()).SocketErrorCode);
    }

    [Fact]
    public async Task ConnectionLost_PeerClosing_HasNoReasonAndComesLast()
    {
        var received = new MemoryStream();
        var protocol = new ProtocolOf { WhenReceived = (_, data) => received.Write(data) };
        using var client = await ConnectAsync(protocol);
        var sent = Bytes(300_000);
        await client.SendAsync(sent);
        client.Dispose();
        Assert.Null(await protocol.Lost.Soon());
        AssertSame(sent, received.ToArray());
        Assert.Equal("lost", protocol.Journal.Entries[^1]);
        Assert.Equal(1, protocol.Journal.CountOf("lost"));
    }

    [Fact]
    public async Task ConnectionLost_LookingAtTheTransport_StillSeesBothAddresses()
    {
        var addresses = new TaskCompletionSource<(EndPoint, EndPoint)>();
        var protocol = new ProtocolOf { WhenLost = (transport, _) => addresses.SetResult((transport.Local, transport.Peer)) };
        using var client = await ConnectAsync(protocol);
        var expected = (client.Socket.RemoteEndPoint!, client.Socket.LocalEndPoint!);
        client.Dispose();
        Assert.Equal(expected, await addresses.Task.Soon());
    }

    [Theory]
    [InlineData("made")]
    [InlineData("received")]
    [InlineData("lost")]
    public async Task Callback_Throwing_EndsItsConnectionOnlyAndIsLogged(string where)
    {
        var culprit = new ProtocolOf
        {
            WhenMade = _ => ThrowIf("made"),
            WhenReceived = (_, _) => ThrowIf("received"),
            WhenLost = (_, _) => ThrowIf("lost"),
        };
        var bystander = new ProtocolOf { WhenReceived = (transport, data) => transport.Write(data) };
        using var other = await ConnectAsync(bystander, culprit);
        await bystander.Made.Soon();
        if (where == "made")
            Assert.Equal(SocketError.ConnectionReset, await LoopbackPeer.ConnectUntilErrorAsync(_server!.LocalAddresses[0]));
        else
            await ConverseAsync();

        var reason = await culprit.Lost.Soon();
        if (where != "lost")
            Assert.IsType<InvalidTimeZoneException>(reason);
        Assert.Equal(1, culprit.Journal.CountOf("lost"));
        await other.SendAsync(_line);
        Assert.Equal(_line.Length, await other.ReadAsync(new byte[100]));
        Assert.True(SpinWait.SpinUntil(() => _log.Lines.Any(line => line.Failure is not null), Bounded.Patience));
        var logged = Assert.Single(_log.Lines, line => line.Failure is not null);
        Assert.Equal("top/FactoryOf", logged.Category);
        Assert.Contains("ProtocolOf threw", logged.Text, StringComparison.Ordinal);

        async Task ConverseAsync()
        {
            using var client = await LoopbackPeer.ConnectAsync(_server!.LocalAddresses[0]);
            if (where == "lost")
                return;
            await client.SendAsync(_line);
            Assert.Equal(SocketError.ConnectionReset, await client.ReadUntilErrorAsync());
        }

        void ThrowIf(string here)
        {
            if (here == where)
                throw new InvalidTimeZoneException(here);
        }
    }

    [Fact]
    public async Task Callbacks_UnderManyConnectionsAndThreads_NeverOverlap()
    {
        var protocols = new List<ProtocolOf>();
        await ServeAsync(peer =>
        {
            var protocol = new ProtocolOf
            {
                WhenMade = transport => _ = Task.Run(() => transport.Write(_line)),
                WhenReceived = (transport, data) =>
                {
                    transport.Write(data);
                    if (data.Length % 3 == 0)
                        _ = Task.Run(transport.LoseConnection);
                    if (data.Length % 7 == 0)
                        _ = Task.Run(transport.AbortConnection);
                },
            };
            protocols.Add(protocol);
            return protocol;
        });

        await Task.WhenAll(Enumerable.Range(1, 200).Select(async number =>
        {
            using var client = await LoopbackPeer.ConnectAsync(_server!.LocalAddresses[0]);
            try
            {
                for (var round = 0; round < 5; round++)
                    await client.SendAsync(Bytes(number));
                if (number % 2 == 0)
                    client.Socket.Shutdown(SocketShutdown.Send);
                if (number % 3 == 0)
                    await client.ReadToEndAsync();
            }
            catch (SocketException)
            {
                // Aborted, which is a part of the exercise.
            }
        })).Soon();

        Assert.Equal(200, protocols.Count);
        foreach (var protocol in protocols)
        {
            await protocol.Lost.Soon();
            Assert.Equal(0, protocol.Overlaps);
            Assert.Equal("made", protocol.Journal.Entries[0]);
            Assert.Equal("lost", protocol.Journal.Entries[^1]);
            Assert.Equal(1, protocol.Journal.CountOf("lost"));
        }
    }

    private static ProtocolOf Reciter(byte[] poem) => new()
    {
        WhenMade = transport =>
        {
            transport.Write(poem);
            transport.LoseConnection();
        },
    };

    private static byte[] Bytes(int size, int seed = 1)
    {
        var bytes = new byte[size];
        new Random(seed).NextBytes(bytes);
        return bytes;
    }

    private static void AssertSame(byte[] expected, byte[] actual) =>
        Assert.True(expected.AsSpan().SequenceEqual(actual), $"Of {expected.Length} bytes {actual.Length} came, the same up to {expected.AsSpan().CommonPrefixLength(actual)}.");

    private async Task<LoopbackPeer> ConnectAsync(params ProtocolOf[] protocols)
    {
        var next = 0;
        await ServeAsync(_ => protocols[next++]);
        return await LoopbackPeer.ConnectAsync(_server!.LocalAddresses[0]);
    }

    private async Task ServeAsync(Func<EndPoint, Protocol?> build)
    {
        _server = new TcpServer(0, new FactoryOf(build), "127.0.0.1");
        _server.SetServiceParent(new Application("top") { LoggerFactory = _log });
        await _server.StartAsync(Token);
    }
}
