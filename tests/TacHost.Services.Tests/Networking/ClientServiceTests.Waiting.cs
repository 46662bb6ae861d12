using System.Diagnostics;
using System.Globalization;
using TacHost.Services.Networking;

namespace TacHost.Services.Tests.Networking;

public sealed partial class ClientServiceTests
{
    /// <summary>The original's figures.</summary>
    private static readonly double[] _delays = [1.5, 2.25, 3.375, 5.0625, 7.59375, 11.390625, 17.0859375, 25.62890625, 38.443359375, 57.6650390625, 60, 60];

    [Fact]
    public void Backoff_Defaults_AreTheOriginals()
    {
        Backoff backoff = new() { Jitter = () => TimeSpan.Zero };
        Assert.Equal(_delays.Select(TimeSpan.FromSeconds), Enumerable.Range(1, _delays.Length).Select(backoff.DelayAfter));
        Assert.Equal(TimeSpan.FromSeconds(60), backoff.DelayAfter(int.MaxValue));
        Assert.Equal(TimeSpan.FromSeconds(60), new Backoff { Jitter = () => TimeSpan.Zero, Factor = double.MaxValue }.DelayAfter(5));
        Assert.All(Enumerable.Range(0, 100), _ => Assert.InRange(new Backoff().DelayAfter(1).TotalSeconds, 1.5, 2.5));
    }

    [Fact]
    public async Task RetryPolicy_FailuresInARow_WaitsLongerEachTimeAndSaysSo()
    {
        var service = Make();
        await using var running = await RunningService.StartAsync(service);
        foreach (var delay in _delays)
        {
            (await _endpoint.NextAsync()).Fail("it does not work");

            // A timer counts whole milliseconds.
            var due = TimeSpan.FromMilliseconds(Math.Floor(delay * 1000));
            await _clock.WaitsForAsync(due).Soon();
            _clock.Advance(due);
        }

        var lines = running.Log.Lines.Where(line => line.Text.StartsWith("Scheduling retry", StringComparison.Ordinal)).Select(line => line.Text).ToList();
        Assert.Equal(_delays.Length, lines.Count);
        Assert.StartsWith("Scheduling retry 2 to connect staged in 2.25 seconds. Cannot connect to 'staged', because ", lines[1], StringComparison.Ordinal);
        Assert.Equal(1, _factory.Journal.CountOf("start"));
        Assert.Equal(0, _factory.Journal.CountOf("stop"));
    }

    [Fact]
    public async Task RetryPolicy_ConnectionAfterFailures_BeginsAnew()
    {
        var service = await StartAsync();
        foreach (var delay in _delays.Take(3))
        {
            (await _endpoint.NextAsync()).Fail();
            await _clock.WaitsForAsync(TimeSpan.FromSeconds(delay)).Soon();
            _clock.Advance(TimeSpan.FromSeconds(delay));
        }

        var peer = Succeed(await _endpoint.NextAsync());
        await service.WhenConnectedAsync(cancellationToken: Token).Soon();
        peer.Dispose();
        await _clock.WaitsForAsync(TimeSpan.FromSeconds(1.5)).Soon();
    }

    [Fact]
    public async Task RetryPolicy_Throwing_IsTheFailureOfTheService()
    {
        ClientService service = new(_endpoint, _factory) { RetryPolicy = _ => throw new InvalidTimeZoneException() };
        await using var running = await RunningService.StartAsync(service);
        (await _endpoint.NextAsync()).Fail();
        Assert.True(SpinWait.SpinUntil(() => service.State == ServiceState.Failed, Bounded.Patience));
        Assert.IsType<InvalidTimeZoneException>(service.LastFailure);
    }

    [Fact]
    public async Task WhenConnectedAsync_FailAfterFailures_FailsWithTheLastOfThem()
    {
        var service = await StartAsync();
        var once = service.WhenConnectedAsync(1, Token);
        var twice = service.WhenConnectedAsync(2, Token);
        var always = service.WhenConnectedAsync(cancellationToken: Token);
        (await _endpoint.NextAsync()).Fail("first");
        Assert.Equal(System.Net.Sockets.SocketError.ConnectionRefused, (await Assert.ThrowsAsync<CannotConnectException>(() => once.Soon())).Error);
        Assert.False(twice.IsCompleted);
        await _clock.WaitsForAsync(TimeSpan.FromSeconds(1.5)).Soon();
        _clock.Advance(TimeSpan.FromSeconds(1.5));
        (await _endpoint.NextAsync()).Fail("second");
        Assert.Contains("second", (await Assert.ThrowsAsync<CannotConnectException>(() => twice.Soon())).Message, StringComparison.Ordinal);
        await _clock.WaitsForAsync(TimeSpan.FromSeconds(2.25)).Soon();
        _clock.Advance(TimeSpan.FromSeconds(2.25));
        Succeed(await _endpoint.NextAsync());
        Assert.NotNull(await always.Soon());
    }

    [Fact]
    public async Task WhenConnectedAsync_BeforeTheStartAndCancelled_EndsTheWaitOnly()
    {
        var service = Make();
        using CancellationTokenSource cancellation = new();
        var cancelled = service.WhenConnectedAsync(cancellationToken: cancellation.Token);
        var waiting = service.WhenConnectedAsync(cancellationToken: Token);
        await cancellation.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => cancelled.Soon());
        await service.StartAsync(Token);
        Succeed(await _endpoint.NextAsync());
        Assert.NotNull(await waiting.Soon());
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(() => service.WhenConnectedAsync(0, Token));
    }

    [Fact]
    public async Task WhenConnectedAsync_Stop_IsCancelled()
    {
        var service = await StartAsync();
        var waiting = service.WhenConnectedAsync(cancellationToken: Token);
        await service.StopAsync(CancellationToken.None).Soon();
        await Assert.ThrowsAsync<OperationCanceledException>(() => waiting.Soon());
    }

    [Fact]
    public async Task PrepareConnection_BeforeItEnds_IsNotConnected()
    {
        Gate gate = new();
        var service = await StartAsync(prepare: (_, token) => gate.PassAsync(token));
        var waiting = service.WhenConnectedAsync(cancellationToken: Token);
        Succeed(await _endpoint.NextAsync());
        await gate.Reached.Soon();
        Assert.Equal(ClientState.Connecting, service.ConnectionState);
        Assert.False(waiting.IsCompleted);
        gate.Release();
        Assert.NotNull(await waiting.Soon());
    }

    [Fact]
    public async Task PrepareConnection_Failing_CountsAsAFailedAttemptAndClosesTheConnection()
    {
        var service = await StartAsync(prepare: (_, _) => throw new InvalidTimeZoneException("wrong password"));
        var waiting = service.WhenConnectedAsync(1, Token);
        var peer = Succeed(await _endpoint.NextAsync());
        Assert.Equal("wrong password", (await Assert.ThrowsAsync<InvalidTimeZoneException>(() => waiting.Soon())).Message);
        await _clock.WaitsForAsync(TimeSpan.FromSeconds(1.5)).Soon();
        Assert.Equal(ClientState.Waiting, service.ConnectionState);
        Assert.NotEqual(0, await ErrorOrEndAsync(peer));
    }

    [Fact]
    public async Task PrepareConnection_ConnectionLostMeanwhile_CountsAsAFailedAttempt()
    {
        Gate gate = new();
        var service = await StartAsync(prepare: (_, token) => gate.PassAsync(token));
        var waiting = service.WhenConnectedAsync(1, Token);
        var peer = Succeed(await _endpoint.NextAsync());
        await gate.Reached.Soon();
        peer.Dispose();
        Assert.Contains("lost while it was being prepared", (await Assert.ThrowsAsync<IOException>(() => waiting.Soon())).Message, StringComparison.Ordinal);
        await _clock.WaitsForAsync(TimeSpan.FromSeconds(1.5)).Soon();
    }

    [Fact]
    public async Task PrepareConnection_Stop_IsCancelledAndTheConnectionClosed()
    {
        Gate gate = new();
        var service = await StartAsync(prepare: (_, token) => gate.PassAsync(token));
        var peer = Succeed(await _endpoint.NextAsync());
        await gate.Reached.Soon();
        await service.StopAsync(CancellationToken.None).Soon();
        Assert.Equal(ClientState.Stopped, service.ConnectionState);
        Assert.Equal(0, await ErrorOrEndAsync(peer));
    }

    [Fact]
    public async Task BuildProtocol_Null_IsTriedAgain()
    {
        var service = await StartAsync(ClientFactory.ForProtocol(() => null));
        Succeed(await _endpoint.NextAsync());
        await _clock.WaitsForAsync(TimeSpan.FromSeconds(1.5)).Soon();
        Assert.Equal(ClientState.Waiting, service.ConnectionState);
    }

    [Fact]
    public async Task RealServer_StoppedAndStartedOnTheSameEndpoint_IsFoundAgain()
    {
        const string name = nameof(RealServer_StoppedAndStartedOnTheSameEndpoint_IsFoundAgain);
        RecordingFactory accepted = RecordingFactory.Echo();
        StreamServer first = new(MemoryEndpoint.Server(name), accepted);
        await using var running = await RunningService.StartAsync(first);
        ClientService service = new(MemoryEndpoint.Client(name), _factory) { RetryPolicy = _ => TimeSpan.FromMilliseconds(20) };
        _services.Add(service);
        await service.StartAsync(Token);
        var protocol = (RecordingProtocol)await service.WhenConnectedAsync(cancellationToken: Token).Soon();
        await running.DisposeAsync();
        await protocol.Lost.Soon();
        await Assert.ThrowsAsync<CannotConnectException>(() => service.WhenConnectedAsync(2, Token).Soon());

        StreamServer second = new(MemoryEndpoint.Server(name), accepted);
        await using var again = await RunningService.StartAsync(second);
        var next = (RecordingProtocol)await service.WhenConnectedAsync(cancellationToken: Token).Soon();
        Assert.NotSame(protocol, next);
        next.Transport.Write("hello"u8.ToArray());
        await next.ReceivedAsync("hello");
    }

    [Fact]
    public async Task RealServer_ProcessKilledAndBroughtBack_IsFoundAgain()
    {
        Assert.SkipUnless(File.Exists("/usr/bin/python3"), "python3 is not installed");
        var port = UnusedPort.Next();
        using var first = StartPoet(port);
        using var firstEnd = new Killing(first);
        ClientService service = new($"tcp:127.0.0.1:{port}", _factory) { RetryPolicy = _ => TimeSpan.FromMilliseconds(20) };
        _services.Add(service);
        await service.StartAsync(Token);
        var protocol = (RecordingProtocol)await service.WhenConnectedAsync(cancellationToken: Token).Soon();
        await protocol.ReceivedAsync("poem");
        first.Kill();
        await protocol.Lost.Soon();
        await Assert.ThrowsAsync<CannotConnectException>(() => service.WhenConnectedAsync(1, Token).Soon());

        using var second = StartPoet(port);
        using var secondEnd = new Killing(second);
        var next = (RecordingProtocol)await service.WhenConnectedAsync(cancellationToken: Token).Soon();
        await next.ReceivedAsync("poem");
        Assert.NotSame(protocol, next);
    }

    /// <summary>Starts a process that says a poem to each client and keeps the connection.</summary>
    private static Process StartPoet(int port)
    {
        const string script = """
            import socket, sys
            server = socket.socket(); server.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            server.bind(('127.0.0.1', int(sys.argv[1]))); server.listen()
            print('ready', flush=True)
            clients = []
            while True:
                clients.append(server.accept()[0]); clients[-1].sendall(b'poem')
            """;
        var process = Process.Start(new ProcessStartInfo("/usr/bin/python3", ["-c", script, port.ToString(CultureInfo.InvariantCulture)]) { RedirectStandardOutput = true })!;
        Assert.Equal("ready", process.StandardOutput.ReadLine());
        return process;
    }

    /// <summary>No process outlives its test.</summary>
    private sealed class Killing(Process process) : IDisposable
    {
        public void Dispose() => process.Kill();
    }
}
