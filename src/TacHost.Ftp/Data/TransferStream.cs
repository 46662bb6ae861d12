using System.Net.Security;
using System.Net.Sockets;

namespace TacHost.Ftp.Data;

/// <summary>An open data connection. Counts the transferred bytes and fails if the transfer stalls.</summary>
internal sealed class TransferStream(Socket socket, Stream stream, TimeSpan stallTimeout, CancellationToken aborted) : IAsyncDisposable
{
    public const int BufferSize = 64 * 1024;

    /// <summary>Gets the number of bytes transferred, in either direction.</summary>
    public long Count { get; private set; }

    /// <summary>Gets a token that is cancelled when the transfer must end.</summary>
    public CancellationToken Aborted => aborted;

    /// <summary>Reads some bytes. Returns 0 at the end of the data.</summary>
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

    /// <summary>Writes all bytes, with back-pressure from the client.</summary>
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

    /// <summary>Signals the end of the data to the client.</summary>
    public async Task FinishAsync()
    {
        if (stream is SslStream tls)
            await tls.ShutdownAsync();
        socket.Shutdown(SocketShutdown.Send);
    }

    /// <summary>
    /// Shuts down the connection in reply to the client's shutdown, because some clients wait for this under TLS. Ignores errors of a closed connection.
    /// </summary>
    public async Task AnswerEndAsync()
    {
        try
        {
            await FinishAsync();
        }
        catch (Exception e) when (e is IOException or SocketException)
        {
            // All data has been received.
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
