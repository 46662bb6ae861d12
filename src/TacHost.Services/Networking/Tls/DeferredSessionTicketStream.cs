using System.Net.Security;
using System.Security.Authentication;

namespace TacHost.Services.Networking.Tls;

/// <summary>A stream below TLS that defers session tickets until the server sends data.</summary>
/// <remarks>
/// With TLS 1.3, the tickets are sent after the handshake (RFC 8446, section 4.6.1). A client that only sends, such as an FTP upload, does not read them.
/// When it closes its socket with unread data, the kernel sends a reset, and the server loses data that it has not read yet.
/// SslStream cannot disable tickets.
/// </remarks>
internal sealed class DeferredSessionTicketStream(Stream inner) : Stream
{
    private MemoryStream? _held = new();
    private bool _shaking = true;

    public override bool CanRead => true;

    public override bool CanWrite => true;

    public override bool CanSeek => false;

    public override bool CanTimeout => inner.CanTimeout;

    public override int ReadTimeout
    {
        get => inner.ReadTimeout;
        set => inner.ReadTimeout = value;
    }

    public override int WriteTimeout
    {
        get => inner.WriteTimeout;
        set => inner.WriteTimeout = value;
    }

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    /// <summary>Performs the handshake as a server, with TLS 1.2 or 1.3.</summary>
    /// <param name="stream">The connection. Disposed with the returned stream, and at once if the handshake fails.</param>
    /// <param name="certificates">Chooses a certificate.</param>
    /// <param name="cancellationToken">Cancels the handshake.</param>
    public static async Task<SslStream> AuthenticateAsServerAsync(Stream stream, TlsCertificates certificates, CancellationToken cancellationToken)
    {
        DeferredSessionTicketStream late = new(stream);
        SslStream tls = new(late);
        try
        {
            await tls.AuthenticateAsServerAsync(certificates.ChooseAsync, null, cancellationToken);
            await late.EndHandshakeAsync(tls.SslProtocol == SslProtocols.Tls13, cancellationToken);
            return tls;
        }
        catch
        {
            await late.SendAlertAsync(cancellationToken);
            await tls.DisposeAsync();
            throw;
        }
    }

    /// <summary>Ends the handshake.</summary>
    /// <param name="withTickets">True if the last data of the server was tickets, which can wait. Anything else is sent.</param>
    /// <param name="cancellationToken">Cancels the send.</param>
    private async ValueTask EndHandshakeAsync(bool withTickets, CancellationToken cancellationToken)
    {
        _shaking = false;
        if (!withTickets)
            await SendHeldAsync(ReadOnlyMemory<byte>.Empty, cancellationToken);
        else if (_held is { Length: 0 })
            _held = null;
    }

    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
        _shaking && _held is { Length: > 0 } ? SendHeldAndReadAsync(buffer, cancellationToken) : inner.ReadAsync(buffer, cancellationToken);

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override int Read(byte[] buffer, int offset, int count) => inner.Read(buffer, offset, count);

    public override int Read(Span<byte> buffer) => inner.Read(buffer);

    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (_held is null)
            return inner.WriteAsync(buffer, cancellationToken);
        if (!_shaking)
            return SendHeldAsync(buffer, cancellationToken);
        _held.Write(buffer.Span);
        return ValueTask.CompletedTask;
    }

    public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        WriteAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override void Write(byte[] buffer, int offset, int count)
    {
        if (Interlocked.Exchange(ref _held, null) is { } held)
            inner.Write(held.GetBuffer(), 0, (int)held.Length);
        inner.Write(buffer, offset, count);
    }

    public override void Flush()
    {
        if (_held is null)
            inner.Flush();
    }

    public override Task FlushAsync(CancellationToken cancellationToken) => _held is null ? inner.FlushAsync(cancellationToken) : Task.CompletedTask;

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        if (disposing)
            inner.Dispose();
        base.Dispose(disposing);
    }

    /// <summary>Sends the alert that TLS has left behind, so that the client knows the reason too.</summary>
    private async Task SendAlertAsync(CancellationToken cancellationToken)
    {
        try
        {
            await EndHandshakeAsync(withTickets: false, cancellationToken);
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException or OperationCanceledException)
        {
            // The client has disconnected or does not read. The first failure is reported.
        }
    }

    /// <summary>Sends the held data, because the client may wait for it before it sends.</summary>
    private async ValueTask<int> SendHeldAndReadAsync(Memory<byte> buffer, CancellationToken cancellationToken)
    {
        await SendHeldAsync(ReadOnlyMemory<byte>.Empty, cancellationToken);
        _held = new MemoryStream();
        return await inner.ReadAsync(buffer, cancellationToken);
    }

    /// <summary>Sends the held data together with the next data.</summary>
    private async ValueTask SendHeldAsync(ReadOnlyMemory<byte> next, CancellationToken cancellationToken)
    {
        if (Interlocked.Exchange(ref _held, null) is { } held)
        {
            held.Write(next.Span);
            next = held.GetBuffer().AsMemory(0, (int)held.Length);
        }

        if (next.IsEmpty)
            return;
        await inner.WriteAsync(next, cancellationToken);
        await inner.FlushAsync(cancellationToken);
    }
}
