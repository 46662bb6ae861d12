using System.Net.Security;
using System.Net.Sockets;

namespace TacHost.Services.Networking.Connections;

/// <summary>A connection on which TLS is spoken: the same life, but the bytes go through the cipher, and the last thing said is close_notify.</summary>
internal sealed class TlsTransport(StreamSocket socket, IConnectionKeeper keeper, ConnectionEnds? ends, SslStream tls) : SocketTransport(NonBlocking(socket), keeper, ends)
{
    /// <summary>No: there may be something deciphered when nothing has come.</summary>
    protected override bool CanBeWatched => false;

    /// <summary>Ends when a record with data has been deciphered, or at the end: an empty read of an SslStream waits for that without a buffer.</summary>
    protected override ValueTask<int> WaitForDataAsync() => tls.ReadAsync(Memory<byte>.Empty);

    protected override int ReceiveNow(Span<byte> buffer, out SocketError error)
    {
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

    protected override bool CanCloseAtOnce => false;

    protected override Task SayGoodbyeAsync() => tls.ShutdownAsync();

    protected override void Release() => tls.Dispose();
}
