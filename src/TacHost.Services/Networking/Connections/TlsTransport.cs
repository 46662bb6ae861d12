using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace TacHost.Services.Networking.Connections;

/// <summary>The transport of a TLS connection. Like its base class, but data is encrypted, and close_notify is sent last.</summary>
/// <remarks>
/// <see cref="SslStream"/> allows a concurrent read and write, but not a shutdown during a read.
/// That fails, or crashes the process, while the reader handles TLS 1.3 messages after the handshake, such as the session tickets of a server.
/// Therefore, close_notify is sent only when the reader is outside of the stream. A waiting read is cancelled for it.
/// </remarks>
internal sealed class TlsTransport(StreamSocket socket, IConnectionOwner owner, ConnectionEnds? ends, SslStream tls) : SocketTransport(NonBlocking(socket), owner, ends)
{
    private readonly Lock _gate = new();
    private readonly CancellationTokenSource _interruption = new();
    private bool _readerInside;
    private TaskCompletionSource? _closeNotify;

    /// <inheritdoc/>
    public override X509Certificate2? PeerCertificate { get; } = tls.RemoteCertificate as X509Certificate2;

    /// <summary>Gets false, because decrypted data may be available while the descriptor is not readable.</summary>
    protected override bool CanBePolled => false;

    protected override bool CanCloseAtOnce => false;

    /// <summary>Waits until a data record has been decrypted, or the end of the stream. An empty read of an SslStream waits without a buffer.</summary>
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
                // The received part of a record is kept.
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

    /// <summary>Sends nothing, so that the data is queued, because encryption cannot accept a part of the data.</summary>
    protected override int TrySend(ReadOnlySpan<byte> data, out SocketError error)
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
            if (!TrySendCloseNotify(out var sent))
                await _interruption.CancelAsync();
            await sent;
        }
        catch (CryptographicException)
        {
            // A partial message of the peer is being processed; the peer does not receive close_notify.
        }
    }

    protected override void Release()
    {
        tls.Dispose();
        _interruption.Dispose();
    }

    /// <summary>Sends close_notify, unless the reader is inside the stream and must send it when it leaves.</summary>
    private bool TrySendCloseNotify(out Task sent)
    {
        lock (_gate)
        {
            if (!_readerInside)
            {
                sent = tls.ShutdownAsync();
                return true;
            }

            _closeNotify = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            sent = _closeNotify.Task;
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
            if (_closeNotify is not { } closeNotify)
                return;
            _closeNotify = null;
            try
            {
                _ = tls.ShutdownAsync().ContinueWith(closeNotify.SetFromTask, TaskScheduler.Default);
            }
            catch (Exception e)
            {
                // The exception is passed to the waiter.
                closeNotify.SetException(e);
            }
        }
    }
}
