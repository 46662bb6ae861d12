using System.Net;
using System.Net.Sockets;
using TacHost.Services.Networking;

namespace TacHost.Services.Tests.Networking;

public sealed class TcpServerTests
{
    private static readonly byte[] _poem = "As I was going up the stair\n"u8.ToArray();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(-1)]
    [InlineData(65536)]
    public void Constructor_PortOutOfRange_IsRefused(int port) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => new TcpServer(port, FactoryOf.Reciters(_poem)));

    [Fact]
    public async Task PrivilegedStartAsync_PortZero_BindsAndTellsTheChosenPort()
    {
        var server = new TcpServer(0, FactoryOf.Reciters(_poem), "127.0.0.1");
        Assert.Empty(server.LocalAddresses);
        await server.PrivilegedStartAsync(Token);
        var endPoint = Assert.Single(server.LocalAddresses);
        Assert.Equal(IPAddress.Loopback, endPoint.Address);
        Assert.NotEqual(0, endPoint.Port);
        await server.StopAsync(Token);
        Assert.Empty(server.LocalAddresses);
    }

    [Fact]
    public async Task StartAsync_AfterPrivilegedPart_AcceptsWhatHasConnectedMeanwhile()
    {
        var factory = FactoryOf.Reciters(_poem);
        var server = new TcpServer(0, factory, "127.0.0.1");
        await server.PrivilegedStartAsync(Token);
        using var client = await LoopbackPeer.ConnectAsync(server.LocalAddresses[0]);
        Assert.False(client.Socket.Poll(TimeSpan.FromMilliseconds(50), SelectMode.SelectRead));
        Assert.Empty(factory.Built);
        Assert.Equal(0, factory.Starts);

        await server.StartAsync(Token);
        Assert.Equal(_poem, await client.ReadToEndAsync());
        await server.StopAsync(Token).Soon();
    }

    [Fact]
    public async Task StartAsync_Localhost_ListensOnEveryAddressOfIt()
    {
        var server = new TcpServer(0, FactoryOf.Reciters(_poem), "localhost");
        await server.StartAsync(Token);
        var addresses = await HostNameResolver.ResolveAsync("localhost", Token);
        Assert.Single(server.LocalAddresses.Select(endPoint => endPoint.Port).Distinct());
        Assert.All(server.LocalAddresses, endPoint => Assert.Contains(endPoint.Address, addresses));
        foreach (var endPoint in server.LocalAddresses)
            Assert.Equal(_poem, await ReciteAsync(endPoint));
        await server.StopAsync(Token).Soon();
    }

    [Fact]
    public async Task StartAsync_EveryInterface_ServesBothFamiliesAndWritesPeersPlainly()
    {
        Assert.SkipUnless(Socket.OSSupportsIPv6, "This machine has no IPv6.");
        var transports = new List<(string Local, string Peer)>();
        var server = new TcpServer(0, new FactoryOf(_ => new ProtocolOf
        {
            WhenMade = transport =>
            {
                transports.Add((transport.Local.ToString()!, transport.Peer.ToString()!));
                transport.Write(_poem);
                transport.LoseConnection();
            },
        }));
        await server.StartAsync(Token);
        var port = server.LocalAddresses[0].Port;
        Assert.Equal(_poem, await ReciteAsync(new IPEndPoint(IPAddress.Loopback, port)));
        Assert.Equal(_poem, await ReciteAsync(new IPEndPoint(IPAddress.IPv6Loopback, port)));
        await server.StopAsync(Token).Soon();
        Assert.Equal([$"127.0.0.1:{port}", $"[::1]:{port}"], transports.Select(transport => transport.Local));
        Assert.StartsWith("127.0.0.1:", transports[0].Peer, StringComparison.Ordinal);
    }

    [Fact]
    public async Task StartAsync_Ipv6Loopback_ServesThere()
    {
        Assert.SkipUnless(Socket.OSSupportsIPv6, "This machine has no IPv6.");
        var server = new TcpServer(0, FactoryOf.Reciters(_poem), "::1");
        await server.StartAsync(Token);
        Assert.Equal(_poem, await ReciteAsync(server.LocalAddresses[0]));
        await Assert.ThrowsAsync<SocketException>(() => LoopbackPeer.ConnectAsync(new IPEndPoint(IPAddress.Loopback, server.LocalAddresses[0].Port)));
        await server.StopAsync(Token).Soon();
    }

    [Fact]
    public async Task PrivilegedStartAsync_AddressOfAnotherMachine_SaysSo()
    {
        var server = new TcpServer(0, FactoryOf.Reciters(_poem), "192.0.2.1");
        var failure = await Assert.ThrowsAsync<CannotListenException>(() => server.PrivilegedStartAsync(Token));
        Assert.Contains("does not have that address", failure.Message, StringComparison.Ordinal);
        Assert.Equal(ServiceState.Failed, server.State);
    }

    [Fact]
    public async Task PrivilegedStartAsync_TakenPort_NamesTheProcessAndItsCommandLine()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Only /proc tells who holds a port.");
        var holder = new TcpServer(0, FactoryOf.Reciters(_poem), "127.0.0.1");
        await holder.StartAsync(Token);
        var late = new TcpServer(holder.LocalAddresses[0].Port, FactoryOf.Reciters(_poem), "127.0.0.1");
        late.SetName("late");

        var failure = await Assert.ThrowsAsync<CannotListenException>(() => late.PrivilegedStartAsync(Token));
        Assert.StartsWith($"The service 'late' cannot listen on {holder.LocalAddresses[0]}, because process {Environment.ProcessId} (", failure.Message, StringComparison.Ordinal);
        Assert.Contains("TacHost.Services.Tests", failure.Message, StringComparison.Ordinal);
        Assert.Equal(holder.LocalAddresses[0], failure.LocalAddress);
        await holder.StopAsync(Token).Soon();

        await late.StartAsync(Token);
        await late.StopAsync(Token).Soon();
    }

    [Fact]
    public async Task StartAsync_ManyTimesOnTheSamePort_ServesEachTime()
    {
        var first = new TcpServer(0, FactoryOf.Reciters(_poem), "127.0.0.1");
        await first.StartAsync(Token);
        var endPoint = first.LocalAddresses[0];
        await first.StopAsync(Token).Soon();

        // The server closes first, so that its side of each connection is what stays in TIME_WAIT.
        var factory = FactoryOf.Reciters(_poem);
        var server = new TcpServer(endPoint.Port, factory, "127.0.0.1");
        for (var round = 1; round <= 20; round++)
        {
            await server.StartAsync(Token);
            Assert.Equal(_poem, await ReciteAsync(endPoint));
            await server.StopAsync(Token).Soon();
            Assert.Equal((round, round), (factory.Starts, factory.Stops));
        }
    }

    [Fact]
    public async Task StartAndStop_SharedFactory_StartAndStopItOnce()
    {
        var factory = FactoryOf.Reciters(_poem);
        var (one, other) = (new TcpServer(0, factory, "127.0.0.1"), new TcpServer(0, factory, "127.0.0.1"));
        await one.StartAsync(Token);
        await other.StartAsync(Token);
        Assert.Equal(1, factory.Starts);
        await one.StopAsync(Token).Soon();
        Assert.Equal(0, factory.Stops);
        Assert.Equal(_poem, await ReciteAsync(other.LocalAddresses[0]));
        await other.StopAsync(Token).Soon();
        Assert.Equal((1, 1), (factory.Starts, factory.Stops));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Accept_NoProtocolBuilt_ClosesThatConnectionOnly(bool throws)
    {
        var calls = 0;
        using var log = new CollectingLoggerFactory();
        var server = Logged(log, new FactoryOf(_ => ++calls == 1 ? throws ? throw new InvalidTimeZoneException("no protocol") : null : Reciter(_poem)));
        await server.StartAsync(Token);
        Assert.Equal(SocketError.ConnectionReset, await LoopbackPeer.ConnectUntilErrorAsync(server.LocalAddresses[0]));
        Assert.Equal(_poem, await ReciteAsync(server.LocalAddresses[0]));
        await server.StopAsync(Token).Soon();
        Assert.Equal(throws ? ["no protocol"] : [], log.Lines.Where(line => line.Failure is not null).Select(line => line.Failure!.Message));
    }

    [Fact]
    public async Task Logger_OfTheFactory_HasItsNameUnderTheNamedAncestors()
    {
        using var log = new CollectingLoggerFactory();
        var server = Logged(log, FactoryOf.Reciters(_poem));
        await server.StartAsync(Token);
        var endPoint = server.LocalAddresses[0];
        await server.StopAsync(Token).Soon();
        Assert.Equal(
            [("top/TcpServer", $"FactoryOf starting on {endPoint}"), ("top/TcpServer", $"(TCP Port {endPoint.Port} Closed)"), ("top/FactoryOf", "Stopping factory FactoryOf")],
            log.Lines.Select(line => (line.Category, line.Text)));
    }

    [Fact]
    public async Task StopAsync_ConnectionsInTheBacklog_AreServed()
    {
        var gate = new ManualResetEventSlim();
        var first = new TaskCompletionSource();
        var server = new TcpServer(0, new FactoryOf(_ => new ProtocolOf
        {
            WhenMade = transport =>
            {
                first.TrySetResult();
                gate.Wait(Bounded.Patience, Token);
                transport.Write(_poem);
                transport.LoseConnection();
            },
        }), "127.0.0.1");
        await server.StartAsync(Token);
        var clients = new List<LoopbackPeer>();
        for (var number = 0; number < 20; number++)
            clients.Add(await LoopbackPeer.ConnectAsync(server.LocalAddresses[0]));
        await first.Task.Soon();

        // The stop begins to empty the backlog in its first step, which this call runs before it returns.
        var stop = server.StopAsync(Token);
        gate.Set();
        foreach (var client in clients)
        {
            Assert.Equal(_poem, await client.ReadToEndAsync());
            client.Dispose();
        }

        await stop.Soon();
    }

    [Fact]
    public async Task StopAsync_SlowReaderOfALargePoem_ClosesThePortFirstAndSendsEveryByte()
    {
        var poem = LargePoem(50_000_000);
        var server = new TcpServer(0, new FactoryOf(_ => Reciter(poem)), "127.0.0.1");
        await server.StartAsync(Token);
        var endPoint = server.LocalAddresses[0];
        using var client = await LoopbackPeer.ConnectAsync(endPoint, receiveBuffer: 64 * 1024);
        var first = new byte[1];
        Assert.Equal(1, await client.ReadAsync(first));

        var stop = server.StopAsync(Token);
        await PortIsClosedAsync(endPoint);
        Assert.False(stop.IsCompleted);
        var rest = await client.ReadToEndAsync();
        Assert.True(poem.AsSpan().SequenceEqual([.. first, .. rest]), $"Of {poem.Length} bytes {rest.Length + 1} came.");
        await stop.Soon();
    }

    [Fact]
    public async Task StopAsync_GracePeriodOver_AbortsWhatIsLeft()
    {
        using var log = new CollectingLoggerFactory();
        var protocol = new ProtocolOf();
        var server = Logged(log, new FactoryOf(_ => protocol));
        await server.StartAsync(Token);
        using var client = await LoopbackPeer.ConnectAsync(server.LocalAddresses[0]);
        await protocol.Made.Soon();

        using var grace = new CancellationTokenSource();
        var stop = server.StopAsync(grace.Token);
        await PortIsClosedAsync(server.LocalAddresses.Count > 0 ? server.LocalAddresses[0] : (IPEndPoint)client.Socket.RemoteEndPoint!);
        Assert.False(stop.IsCompleted);
        await grace.CancelAsync();
        await stop.Soon();
        Assert.Equal(SocketError.ConnectionAborted, Assert.IsType<SocketException>(await protocol.Lost.Soon()).SocketErrorCode);
        Assert.Equal(SocketError.ConnectionReset, await client.ReadUntilErrorAsync());
        Assert.Contains(log.Lines, line => line.Text.StartsWith("Aborted 1 connection(s) on 127.0.0.1:", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Accept_ProtocolBusyWithItsData_GoesOnAcceptingOthers()
    {
        using var gate = new ManualResetEventSlim();
        var received = new TaskCompletionSource();
        var busy = new ProtocolOf
        {
            // The bytes are there before the first callback ends, so that the first read need not wait for them.
            WhenMade = _ => SpinWait.SpinUntil(() => false, TimeSpan.FromMilliseconds(20)),
            WhenReceived = (_, _) =>
            {
                received.TrySetResult();
                gate.Wait(Bounded.Patience, CancellationToken.None);
            },
        };
        var calls = 0;
        var server = new TcpServer(0, new FactoryOf(_ => ++calls == 1 ? busy : Reciter(_poem)), "127.0.0.1");
        await server.StartAsync(Token);
        using (var client = await LoopbackPeer.ConnectAsync(server.LocalAddresses[0]))
        {
            await client.SendAsync(_poem);
            await received.Task.Soon();
            try
            {
                Assert.Equal(_poem, await ReciteAsync(server.LocalAddresses[0]).Soon());
            }
            finally
            {
                gate.Set();
            }
        }

        await server.StopAsync(Token).Soon();
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Accept_FailureThatCannotBeLogged_CostsThatConnectionOnly(bool inFactory)
    {
        var calls = 0;
        var server = new TcpServer(0, new FactoryOf(_ => ++calls > 1 ? Reciter(_poem) : inFactory ? throw new InvalidTimeZoneException() : new ProtocolOf { WhenMade = _ => throw new InvalidTimeZoneException() }), "127.0.0.1");
        using var log = new ThrowingLoggerFactory();
        server.SetServiceParent(new Application("top") { LoggerFactory = log });
        await server.StartAsync(Token);
        await LoopbackPeer.ConnectUntilErrorAsync(server.LocalAddresses[0]);
        Assert.Equal(_poem, await ReciteAsync(server.LocalAddresses[0]));
        await server.StopAsync(Token).Soon();
    }

    private static ProtocolOf Reciter(byte[] poem) => new()
    {
        WhenMade = transport =>
        {
            transport.Write(poem);
            transport.LoseConnection();
        },
    };

    private static byte[] LargePoem(int size)
    {
        var poem = new byte[size];
        new Random(1).NextBytes(poem);
        return poem;
    }

    private static TcpServer Logged(CollectingLoggerFactory log, ServerFactory factory)
    {
        var server = new TcpServer(0, factory, "127.0.0.1");
        server.SetServiceParent(new Application("top") { LoggerFactory = log });
        return server;
    }

    private static async Task<byte[]> ReciteAsync(IPEndPoint endPoint)
    {
        using var client = await LoopbackPeer.ConnectAsync(endPoint);
        return await client.ReadToEndAsync();
    }

    /// <summary>Waits until nobody listens there.</summary>
    private static async Task PortIsClosedAsync(IPEndPoint endPoint)
    {
        for (var attempt = 0; attempt < 10_000; attempt++)
        {
            try
            {
                using var client = await LoopbackPeer.ConnectAsync(endPoint);
            }
            catch (SocketException e) when (e.SocketErrorCode == SocketError.ConnectionRefused)
            {
                return;
            }
        }

        Assert.Fail($"{endPoint} is still open.");
    }
}
