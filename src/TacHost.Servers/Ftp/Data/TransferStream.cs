using System.Net.Security;
using System.Net.Sockets;

namespace TacHost.Servers.Ftp.Data;

/// <summary>A data connection in use: counts what goes through, and ends one on which nothing does.</summary>
internal sealed class TransferStream(Socket socket, Stream stream, TimeSpan stallTimeout, CancellationToken aborted) : IAsyncDisposable
{
    public const int BufferSize = 64 * 1024;

    /// <summary>How many bytes went through, either way.</summary>
    public long Count { get; private set; }

    /// <summary>Cancelled when the transfer is to end.</summary>
    public CancellationToken Aborted => aborted;

    /// <summary>Reads some bytes; none at the end.</summary>
    public async ValueTask<int> ReadAsync(Memory<byte> buffer)
    {
        using var stalled = Deadline();
        try
        {
            var count = await stream.ReadAsync(buffer, stalled.Token);
            Count += count;
            return count;
        }
        catch (OperationCanceledException) when (!aborted.IsCancellationRequested)
        {
            throw Stalled();
        }
    }

    /// <summary>Writes all bytes, as fast as the client takes them.</summary>
    public async ValueTask WriteAsync(ReadOnlyMemory<byte> data)
    {
        using var stalled = Deadline();
        try
        {
            await stream.WriteAsync(data, stalled.Token);
            Count += data.Length;
        }
        catch (OperationCanceledException) when (!aborted.IsCancellationRequested)
        {
            throw Stalled();
        }
    }

    /// <summary>Tells the client that this was all.</summary>
    public async Task FinishAsync()
    {
        if (stream is SslStream tls)
            await tls.ShutdownAsync();
        socket.Shutdown(SocketShutdown.Send);
    }

    /// <summary>Answers the client's end with one of our own, for clients that wait for it under TLS. To one that is gone already it does not matter.</summary>
    public async Task AnswerEndAsync()
    {
        try
        {
            await FinishAsync();
        }
        catch (Exception e) when (e is IOException or SocketException)
        {
            // Everything has come.
        }
    }

    public ValueTask DisposeAsync() => stream.DisposeAsync();

    private CancellationTokenSource Deadline()
    {
        var source = CancellationTokenSource.CreateLinkedTokenSource(aborted);
        source.CancelAfter(stallTimeout);
        return source;
    }

    private IOException Stalled() => new($"nothing moved for {stallTimeout.TotalSeconds:0.###} s.");
}
