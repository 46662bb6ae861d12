using System.Buffers;
using System.IO.Pipelines;
using System.Net;
using System.Net.Sockets;
using System.Text;
using TacHost.Services.Networking;

namespace TacHost.Services.Tests.Networking;

public sealed class PipeProtocolTests
{
    [Fact]
    public async Task RunAsync_Echo_SendsBackUntilThePeerFinishes()
    {
        await using var server = await RunningServer.StartAsync(new PipeFactory(async (pipe, token) => await pipe.Input.CopyToAsync(pipe.Output, token)));
        using var client = await server.ConnectAsync();
        await client.SendAsync("hello");
        Assert.Equal("hello", await client.ReadAsync(5));
        await client.SendAsync("last");
        client.Socket.Shutdown(SocketShutdown.Send);
        Assert.Equal("last"u8.ToArray(), await client.ReadToEndAsync());
    }

    [Fact]
    public async Task RunAsync_WritesWithoutFlushAndEnds_EverythingArrives()
    {
        var poem = Encoding.UTF8.GetBytes(string.Concat(Enumerable.Repeat("I celebrate myself\n", 100_000)));
        await using var server = await RunningServer.StartAsync(new PipeFactory((pipe, _) =>
        {
            pipe.Output.Write(poem);
            return Task.CompletedTask;
        }));
        using var client = await server.ConnectAsync();
        Assert.Equal(poem, await client.ReadToEndAsync());
    }

    [Fact]
    public async Task RunAsync_PeerDoesNotRead_WaitsInItsFlush()
    {
        long written = 0;
        TaskCompletionSource held = new(TaskCreationOptions.RunContinuationsAsynchronously);
        TaskCompletionSource ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var server = await RunningServer.StartAsync(new PipeFactory(async (pipe, token) =>
        {
            try
            {
                while (true)
                {
                    pipe.Output.Write(new byte[10_000]);
                    written += 10_000;
                    var flush = pipe.Output.FlushAsync(token);
                    if (!flush.IsCompleted && written > 20_000_000)
                        held.TrySetResult();
                    await flush;
                }
            }
            finally
            {
                ended.SetResult();
            }
        }));
        using var client = await server.ConnectAsync();

        // With nobody reading it comes to a halt well below that; with a reader it goes on.
        Assert.NotSame(held.Task, await Task.WhenAny(held.Task, Task.Delay(1_000, TestContext.Current.CancellationToken)));
        var before = Volatile.Read(ref written);
        await client.ReadAsync(30_000_000);
        Assert.True(Volatile.Read(ref written) > before);
        client.Dispose();
        await ended.Task.Soon();
    }

    [Fact]
    public async Task RunAsync_DoesNotRead_HoldsThePeerUp()
    {
        TaskCompletionSource release = new(TaskCreationOptions.RunContinuationsAsynchronously);
        TaskCompletionSource<long> count = new(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var server = await RunningServer.StartAsync(new PipeFactory(async (pipe, token) =>
        {
            await release.Task;
            long all = 0;
            while (true)
            {
                var read = await pipe.Input.ReadAsync(token);
                all += read.Buffer.Length;
                pipe.Input.AdvanceTo(read.Buffer.End);
                if (read.IsCompleted)
                    break;
            }

            count.SetResult(all);
        }));
        using var client = await server.ConnectAsync();
        using CancellationTokenSource enough = new(TimeSpan.FromSeconds(1));
        long sent = 0;
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () =>
        {
            while (true)
                sent += await client.Socket.SendAsync(new byte[10_000], enough.Token);
        });
        release.SetResult();
        client.Socket.Shutdown(SocketShutdown.Send);
        Assert.InRange(await count.Task.Soon(), sent, sent + 10_000);
    }

    [Fact]
    public async Task RunAsync_Throws_IsLoggedAndAborts()
    {
        await using var server = await RunningServer.StartAsync(new PipeFactory(async (pipe, token) =>
        {
            await pipe.Input.ReadAsync(token);
            throw new InvalidTimeZoneException("bad");
        }));
        using var client = await server.ConnectAsync();
        await client.SendAsync("hello");
        await Assert.ThrowsAnyAsync<IOException>(() => client.ReadToEndAsync());
        Assert.Contains(server.Log.Lines, line => line.Failure is InvalidTimeZoneException);
    }

    [Fact]
    public async Task RunAsync_ConnectionLost_CancelsTheToken()
    {
        TaskCompletionSource cancelled = new(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var server = await RunningServer.StartAsync(new PipeFactory(async (_, token) =>
        {
            await Task.Delay(Timeout.Infinite, token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            cancelled.SetResult();
            token.ThrowIfCancellationRequested();
        }));
        using var client = await server.ConnectAsync();
        client.Socket.LingerState = new LingerOption(enable: true, seconds: 0);
        client.Socket.Close();
        await cancelled.Task.Soon();
        Assert.DoesNotContain(server.Log.Lines, line => line.Failure is not null);
    }

    private sealed class PipeFactory(Func<IDuplexPipe, CancellationToken, Task> body) : ServerFactory
    {
        protected internal override Protocol? BuildProtocol(EndPoint peer) => new BodyProtocol(body);
    }

    private sealed class BodyProtocol(Func<IDuplexPipe, CancellationToken, Task> body) : PipeProtocol
    {
        protected override Task RunAsync(IDuplexPipe pipe, CancellationToken cancellationToken) => body(pipe, cancellationToken);
    }
}
