using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace TacHost.Services.Networking.Connections;

/// <summary>A connection on which TLS is spoken: the same life, but the bytes go through the cipher, and the last thing said is close_notify.</summary>
/// <remarks>
/// .NET guards OpenSSL against a read and a write at the same time, but not against a shutdown during a read: that fails or ends the process while the reader
/// takes in what TLS 1.3 says after the handshake, such as the tickets of a server. So it is said when the reader has left the cipher, and a wait is interrupted for it.
/// </remarks>
internal sealed class TlsTransport(StreamSocket socket, IConnectionOwner owner, ConnectionEnds? ends, SslStream tls) : SocketTransport(NonBlocking(socket), owner, ends)
{
    private readonly Lock _gate = new();
    private readonly CancellationTokenSource _interruption = new();
    private bool _readerInside;
    private TaskCompletionSource? _goodbye;

    /// <inheritdoc/>
    public override X509Certificate2? PeerCertificate { get; } = tls.RemoteCertificate as X509Certificate2;

    /// <summary>No: there may be something deciphered when nothing has come.</summary>
    protected override bool CanBeWatched => false;

    protected override bool CanCloseAtOnce => false;

    /// <summary>Ends when a record with data has been deciphered, or at the end: an empty read of an SslStream waits for that without a buffer.</summary>
    protected override async ValueTask<int> WaitForDataAsync()
    {
        if (!_interruption.IsCancellationRequested)
        {
            Enter();
            try
            {
                return await tls.ReadAsync(Memory<byte>.Empty, _interruption.Token);
            }
            catch (OperationCanceledException) when (_interruption.IsCancellationRequested)
            {
                // What has come of a record is still there.
            }
            finally
            {
                Leave();
            }
        }

        return await tls.ReadAsync(Memory<byte>.Empty);
    }

    protected override int ReceiveNow(Span<byte> buffer, out SocketError error)
    {
        Enter();
        try
        {
            error = SocketError.Success;
            return tls.Read(buffer);
        }
        catch (IOException e) when (e.InnerException is SocketException cause)
        {
            error = cause.SocketErrorCode;
            return 0;
        }
        finally
        {
            Leave();
        }
    }

    /// <summary>Nothing: it goes to the queue, since enciphering has no way to take a part of it.</summary>
    protected override int SendNow(ReadOnlySpan<byte> data, out SocketError error)
    {
        error = SocketError.Success;
        return 0;
    }

    protected override async ValueTask<int> SendAsync(ReadOnlyMemory<byte> data)
    {
        await tls.WriteAsync(data);
        return data.Length;
    }

    protected override async Task SendCloseNotifyAsync()
    {
        try
        {
            if (!TrySayGoodbye(out var said))
                await _interruption.CancelAsync();
            await said;
        }
        catch (CryptographicException)
        {
            // In the middle of a message of the peer: it will have to do without.
        }
    }

    protected override void Release()
    {
        tls.Dispose();
        _interruption.Dispose();
    }

    /// <summary>Says it, unless the reader is in the cipher, and has to say it when it comes out.</summary>
    private bool TrySayGoodbye(out Task said)
    {
        lock (_gate)
        {
            if (!_readerInside)
            {
                said = tls.ShutdownAsync();
                return true;
            }

            _goodbye = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            said = _goodbye.Task;
            return false;
        }
    }

    private void Enter()
    {
        lock (_gate)
            _readerInside = true;
    }

    private void Leave()
    {
        lock (_gate)
        {
            _readerInside = false;
            if (_goodbye is not { } goodbye)
                return;
            _goodbye = null;
            try
            {
                _ = tls.ShutdownAsync().ContinueWith(goodbye.SetFromTask, TaskScheduler.Default);
            }
            catch (Exception e)
            {
                // Whoever waits for it is told.
                goodbye.SetException(e);
            }
        }
    }
}
