using System.Buffers;
using System.IO.Pipelines;
using System.Text;
using Microsoft.Extensions.Logging;
using TacHost.Services.Networking;

namespace TacHost.Services.Tests.Networking;

public sealed class StoppingTests
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Stopping_IdleConnection_IsClosedAtOnce(bool tls)
    {
        using var certificates = tls ? new TemporaryDirectory() : null;
        await using var server = await RunningServer.StartAsync(ServerFactory.ForProtocol(() => new Echo()), certificates);
        using var client = await server.ConnectAsync();
        await client.SendAsync("a\n");
        Assert.Equal("a\r\n", await client.ReadAsync(3));
        await server.StopAsync().Soon();
        Assert.Empty(await client.ReadToEndAsync());
    }

    [Fact]
    public async Task Stopping_WhileAnAnswerIsAwaited_SendsItFirst()
    {
        TaskCompletionSource<Echo> asked = new(TaskCreationOptions.RunContinuationsAsynchronously);
        TaskCompletionSource answered = new(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var server = await RunningServer.StartAsync(ServerFactory.ForProtocol(() => new Echo { Before = echo => asked.TrySetResult(echo) ? answered.Task : Task.CompletedTask }));
        using var client = await server.ConnectAsync();
        await client.SendAsync("a\nb\nc");
        var echo = await asked.Task.Soon();
        var stop = server.StopAsync();
        await Cancelled(echo.StopToken).Soon();
        answered.SetResult();
        Assert.Equal("a\r\nb\r\n", await client.ReadAsync(6));
        await client.SendAsync("d\n");
        Assert.Equal("cd\r\n"u8.ToArray(), await client.ReadToEndAsync());
        await stop.Soon();
    }

    /// <summary>An answer that is cancelled by the stop, or after it, is no failure.</summary>
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Stopping_AnAnswerThatObservesTheToken_EndsTheConnectionWithoutAnError(bool isPending)
    {
        TaskCompletionSource<Echo> asked = new(TaskCreationOptions.RunContinuationsAsynchronously);
        TaskCompletionSource first = new(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var server = await RunningServer.StartAsync(ServerFactory.ForProtocol(() => new Echo
        {
            Before = echo => asked.TrySetResult(echo) && !isPending ? first.Task : Task.Delay(Timeout.Infinite, echo.StopToken),
        }));
        using var client = await server.ConnectAsync();
        await client.SendAsync("a\nb\n");
        var echo = await asked.Task.Soon();
        var stop = server.StopAsync();
        await Cancelled(echo.StopToken).Soon();
        first.SetResult();

        Assert.Equal(isPending ? "" : "a\r\n", Encoding.UTF8.GetString(await client.ReadToEndAsync()));
        await stop.Soon();
        Assert.DoesNotContain(server.Log.Lines, line => line.Level >= LogLevel.Warning);
    }

    [Fact]
    public async Task Stopping_InRawMode_IsTold()
    {
        await using var server = await RunningServer.StartAsync(ServerFactory.ForProtocol(() => new Echo { StartsRaw = true }));
        using var client = await server.ConnectAsync();
        await client.SendAsync("a");
        Assert.Equal("a", await client.ReadAsync(1));
        await server.StopAsync().Soon();
        Assert.Empty(await client.ReadToEndAsync());
    }

    [Fact]
    public async Task Stopping_HalfALine_IsNotWaitedFor()
    {
        await using var server = await RunningServer.StartAsync(ServerFactory.ForProtocol(() => new Echo()));
        using var client = await server.ConnectAsync();
        await client.SendAsync("a\nb");
        Assert.Equal("a\r\n", await client.ReadAsync(3));
        await server.StopAsync().Soon();
        Assert.Empty(await client.ReadToEndAsync());
    }

    [Fact]
    public void Stopping_ALineThatArrivesSlowly_IsWaitedFor()
    {
        Echo echo = new();
        ProtocolHarness harness = new(echo);
        harness.Receive("a");
        harness.Stop();
        for (var second = 0; second < 10; second++)
        {
            echo.CheckSilence();
            harness.Receive("b");
        }

        Assert.False(harness.IsClosing);
        harness.Receive("\n");
        Assert.Equal(["abbbbbbbbbb"], harness.Lines);
        Assert.True(harness.IsLost);
    }

    [Fact]
    public void Stopping_HalfALineWhileReadingIsPaused_IsToldWhenItIsResumed()
    {
        Echo echo = new();
        ProtocolHarness harness = new(echo);
        harness.Receive("a");
        harness.Transport.PauseReading();
        harness.Stop();
        echo.CheckSilence();
        echo.CheckSilence();
        Assert.False(harness.IsClosing);
        harness.Transport.ResumeReading();
        echo.CheckSilence();
        Assert.False(harness.IsClosing);
        echo.CheckSilence();
        Assert.True(harness.IsLost);
    }

    [Fact]
    public async Task Stopping_PipeProtocol_EndsItsInput()
    {
        await using var server = await RunningServer.StartAsync(ServerFactory.ForProtocol(() => new Piped()));
        using var client = await server.ConnectAsync();
        await client.SendAsync("a");
        Assert.Equal("a", await client.ReadAsync(1));
        await server.StopAsync().Soon();
        Assert.Equal("bye"u8.ToArray(), await client.ReadToEndAsync());
    }

    [Fact]
    public async Task Stopping_OverriddenToStay_IsWaitedForAndNamed()
    {
        TaskCompletionSource<ProtocolOf> told = new(TaskCreationOptions.RunContinuationsAsynchronously);
        StreamServer server = new("tcp:0:interface=127.0.0.1", ServerFactory.ForProtocol(() => new ProtocolOf { WhenStopping = told.SetResult }));
        await using var running = await RunningService.StartAsync(server);
        using var client = await Client.ConnectAsync(server.LocalAddresses[0]);
        await client.SendAsync("a");
        await Until.TrueAsync(() => running.Log.Lines.Any(line => line.Text.EndsWith(" opened.", StringComparison.Ordinal)), "the connection");
        Assert.Empty(server.WaitsFor);
        var stop = running.StopAsync();
        var protocol = await told.Task.Soon();
        Assert.True(protocol.StoppingToken.IsCancellationRequested);
        Assert.StartsWith($"{client.Socket.LocalEndPoint}, idle for ", Assert.Single(server.WaitsFor), StringComparison.Ordinal);
        Assert.False(stop.IsCompleted);
        client.Dispose();
        await stop.Soon();
        Assert.Equal(1, protocol.Journal.CountOf("stopping"));
        Assert.Equal(0, protocol.Overlaps);
    }

    [Fact]
    public async Task Stopping_ByDefault_ClosesABusyConnectionWhenItBecomesIdle()
    {
        TaskCompletionSource<ProtocolOf> told = new(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var server = await RunningServer.StartAsync(ServerFactory.ForProtocol(() => new ProtocolOf
        {
            WhenMade = transport => transport.PauseReading(),
            WhenStopping = protocol =>
            {
                protocol.StopAsOthersDo();
                told.SetResult(protocol);
            },
        }));
        using var client = await server.ConnectAsync();
        var stop = server.StopAsync();
        (await (await told.Task.Soon()).Made.Soon()).ResumeReading();
        Assert.Empty(await client.ReadToEndAsync());
        await stop.Soon();
    }

    [Fact]
    public async Task Stopping_ByDefault_LeavesAConnectionThatIsPaused()
    {
        TaskCompletionSource<ProtocolOf> told = new(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var server = await RunningServer.StartAsync(ServerFactory.ForProtocol(() => new ProtocolOf
        {
            WhenMade = transport => transport.PauseReading(),
            WhenStopping = protocol =>
            {
                protocol.StopAsOthersDo();
                told.SetResult(protocol);
            },
        }));
        using var client = await server.ConnectAsync();
        var stop = server.StopAsync();
        var transport = await (await told.Task.Soon()).Made.Soon();
        transport.Write("late"u8.ToArray());
        transport.LoseConnection();
        Assert.Equal("late"u8.ToArray(), await client.ReadToEndAsync());
        await stop.Soon();
    }

    private static Task Cancelled(CancellationToken token)
    {
        TaskCompletionSource cancelled = new(TaskCreationOptions.RunContinuationsAsynchronously);
        token.Register(cancelled.SetResult);
        return cancelled.Task;
    }

    private sealed class Echo : LineProtocol
    {
        public Func<Echo, Task> Before { get; init; } = _ => Task.CompletedTask;

        public bool StartsRaw { get; init; }

        public CancellationToken StopToken => StoppingToken;

        protected override void ConnectionMade()
        {
            if (StartsRaw)
                SetRawMode();
        }

        protected override void RawDataReceived(ReadOnlySpan<byte> data) => Transport.Write(data.ToArray());

        protected override async Task LineReceivedAsync(string line)
        {
            await Before(this);
            SendLine(line);
        }
    }

    private sealed class Piped : PipeProtocol
    {
        protected override async Task RunAsync(IDuplexPipe pipe, CancellationToken cancellationToken)
        {
            while (await pipe.Input.ReadAsync(cancellationToken) is { } read && !(read.IsCompleted && read.Buffer.IsEmpty))
            {
                await pipe.Output.WriteAsync(read.Buffer.ToArray(), cancellationToken);
                pipe.Input.AdvanceTo(read.Buffer.End);
            }

            pipe.Output.Write("bye"u8);
        }
    }
}
