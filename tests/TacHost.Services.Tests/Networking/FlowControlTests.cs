using System.Net.Sockets;
using TacHost.Services.Networking;

namespace TacHost.Services.Tests.Networking;

/// <summary>Pausing, producers and half-close, over plain TCP and over TLS.</summary>
public sealed class FlowControlTests : IDisposable
{
    private static readonly byte[] _piece = new byte[64 * 1024];

    private readonly TemporaryDirectory _directory = new();

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task PauseReading_UntilResumed_HoldsThePeerUp(bool tls)
    {
        RecordingFactory factory = new() { WhenMade = protocol => protocol.Transport.PauseReading() };
        await using var running = await StartAsync(factory, tls);
        using var client = await running.ConnectAsync();
        var protocol = await factory.NextAsync();
        await client.SendAsync("hello");
        using CancellationTokenSource enough = new(TimeSpan.FromSeconds(1));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () =>
        {
            while (true)
                await client.Stream.WriteAsync(_piece, enough.Token);
        });
        Assert.Empty(protocol.Received);

        protocol.Transport.ResumeReading();
        await protocol.ReceivedAsync("hello");
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task LoseConnection_ReadingPaused_Ends(bool tls)
    {
        RecordingFactory factory = new() { WhenMade = protocol => protocol.Transport.PauseReading() };
        await using var running = await StartAsync(factory, tls);
        using var open = await running.ConnectAsync();
        var lingering = await factory.NextAsync();
        await SayByeAsync(lingering, open);
        using var client = await running.ConnectAsync();
        var protocol = await factory.NextAsync();
        await SayByeAsync(protocol, client);
        client.Dispose();

        // Sooner than a peer is cut off that does not close its side, because the end is read.
        Assert.Same(protocol.Lost, await Task.WhenAny(protocol.Lost, lingering.Lost).Soon());
        Assert.Null(await protocol.Lost);

        static async Task SayByeAsync(RecordingProtocol protocol, Client client)
        {
            protocol.Transport.Write("bye"u8.ToArray());
            protocol.Transport.LoseConnection();
            Assert.Equal("bye"u8.ToArray(), await client.ReadToEndAsync());
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task RegisterProducer_PeerThatDoesNotRead_IsPausedThenResumedThenStopped(bool tls)
    {
        RecordingFactory factory = new();
        await using var running = await StartAsync(factory, tls);
        using var client = await running.ConnectAsync();
        var protocol = await factory.NextAsync();
        var producer = new RecordingProducer(protocol.Transport, _piece);
        protocol.Transport.RegisterProducer(producer, highWaterMark: 100_000);
        Assert.Throws<InvalidOperationException>(() => protocol.Transport.RegisterProducer(producer));

        var written = producer.WriteUntilPaused();
        for (long read = 0; read < written; read += _piece.Length)
            await client.ReadAsync(_piece.Length);
        await producer.Resumed.Soon();
        client.Dispose();
        await producer.Stopped.Soon();
        await protocol.Lost.Soon();
    }

    [Fact]
    public async Task RegisterProducer_CallbacksNeedALockThatWritersHold_DoesNotDeadlock()
    {
        RecordingFactory factory = new();
        await using var running = await StartAsync(factory, tls: false);
        using var client = await running.ConnectAsync();
        var protocol = await factory.NextAsync();
        LockingProducer producer = new();
        protocol.Transport.RegisterProducer(producer, highWaterMark: 1);
        protocol.Transport.Write(new byte[10_000_000]);
        var writing = Task.Run(
            () =>
            {
                lock (producer.Gate)
                {
                    producer.MayBeResumed.Set();
                    Assert.True(producer.Resuming.Wait(Bounded.Patience, TestContext.Current.CancellationToken));
                    protocol.Transport.Write(new byte[10_000_000]);
                }
            },
            TestContext.Current.CancellationToken);
        Assert.True(producer.MayBeResumed.Wait(Bounded.Patience, TestContext.Current.CancellationToken));
        await client.ReadAsync(10_000_000);
        await writing.Soon();
        await client.ReadAsync(10_000_000);
    }

    [Fact]
    public async Task RegisterProducer_ConnectionLost_IsStoppedAtOnce()
    {
        RecordingFactory factory = new();
        await using var running = await StartAsync(factory, tls: false);
        using var client = await running.ConnectAsync();
        var protocol = await factory.NextAsync();
        protocol.Transport.AbortConnection();
        await protocol.Lost.Soon();
        var producer = new RecordingProducer(protocol.Transport, _piece);
        protocol.Transport.RegisterProducer(producer);
        Assert.True(producer.Stopped.IsCompleted);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task LoseWriteConnection_AfterLongWrite_SendsAllAndGoesOnReceiving(bool tls)
    {
        var poem = new byte[5_000_000];
        RecordingFactory factory = new()
        {
            WhenMade = protocol =>
            {
                protocol.Transport.Write(poem);
                protocol.Transport.LoseWriteConnection();
                protocol.Transport.Write("too late"u8.ToArray());
            },
        };
        await using var running = await StartAsync(factory, tls);
        using var client = await running.ConnectAsync();
        Assert.Equal(poem, await client.ReadToEndAsync());
        var protocol = await factory.NextAsync();
        await client.SendAsync("still here");
        await protocol.ReceivedAsync("still here");
        client.Dispose();
        Assert.Null(await protocol.Lost.Soon());
    }

    [Fact]
    public async Task ReadConnectionLost_ProtocolGoesOn_WritesUntilItCloses()
    {
        RecordingFactory factory = new() { GoesOnAfterEnd = true };
        await using var running = await StartAsync(factory, tls: false);
        using var client = await running.ConnectAsync();
        var protocol = await factory.NextAsync();
        client.Socket.Shutdown(SocketShutdown.Send);
        await protocol.ReadLost.Soon();
        protocol.Transport.Write("late answer"u8.ToArray());
        Assert.Equal("late answer", await client.ReadAsync(11));
        Assert.False(protocol.Lost.IsCompleted);
        protocol.Transport.LoseConnection();
        Assert.Empty(await client.ReadToEndAsync());
        Assert.Null(await protocol.Lost.Soon());
    }

    public void Dispose() => _directory.Dispose();

    private Task<RunningServer> StartAsync(ServerFactory factory, bool tls) => RunningServer.StartAsync(factory, tls ? _directory : null);

    /// <summary>Needs a lock to be resumed.</summary>
    private sealed class LockingProducer : IProducer
    {
        public Lock Gate { get; } = new();

        public ManualResetEventSlim MayBeResumed { get; } = new();

        public ManualResetEventSlim Resuming { get; } = new();

        public void PauseProducing()
        {
        }

        public void ResumeProducing()
        {
            Resuming.Set();
            lock (Gate)
                MayBeResumed.Reset();
        }

        public void StopProducing()
        {
        }
    }

    /// <summary>Writes pieces, and notes what it is told.</summary>
    private sealed class RecordingProducer(ITransport transport, byte[] piece) : IProducer
    {
        private readonly TaskCompletionSource _resumed = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private readonly TaskCompletionSource _stopped = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private volatile bool _paused;

        public Task Resumed => _resumed.Task;

        public Task Stopped => _stopped.Task;

        public long WriteUntilPaused()
        {
            long written = 0;
            for (; !_paused && written < 1_000_000_000; written += piece.Length)
                transport.Write(piece);
            Assert.True(_paused);
            return written;
        }

        public void PauseProducing() => _paused = true;

        public void ResumeProducing() => _resumed.TrySetResult();

        public void StopProducing() => _stopped.TrySetResult();
    }
}
