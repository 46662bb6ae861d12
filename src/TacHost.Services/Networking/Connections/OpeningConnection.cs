using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using TacHost.Services.Networking.Listening;
using TacHost.Services.Networking.Tls;

namespace TacHost.Services.Networking.Connections;

/// <summary>A connection on which something is said before its protocol sees it: a PROXY header, a TLS handshake, or first the one and then the other.</summary>
internal sealed class OpeningConnection(StreamSocket socket, StreamListener listener, ListenerSettings settings, Admission? admission) : IConnection
{
    /// <inheritdoc/>
    public IConnection? Previous { get; set; }

    /// <inheritdoc/>
    public IConnection? Next { get; set; }

    /// <summary>Leaves the accepting thread, goes through the opening within its time limit, and hands the connection to its protocol; or closes it.</summary>
    public async Task OpenAsync()
    {
        listener.Keep(this);
        await Task.Yield();
        SslStream? tls = null;
        try
        {
            using CancellationTokenSource limit = new(settings.OpeningTimeout);
            var ends = settings.TrustedProxies is { } trusted ? await ProxyHeader.ReceiveAsync(socket.Whole, socket.Peer, trusted, limit.Token) : null;
            if (settings.ExpectsProxyHeader && (ends?.Peer ?? socket.Peer) is IPEndPoint client && admission?.TryCountTo(client.Address) == false)
                throw new FormatException($"{client.Address} has as many connections as it may have.");
            if (settings.Tls is { } certificates)
                tls = await LateTicketsStream.ShakeHandsAsync(new NetworkStream(socket.Whole, ownsSocket: false), certificates, limit.Token);

            listener.Serve(tls is null ? new SocketTransport(socket, listener, ends) { Admission = admission } : new TlsTransport(socket, listener, ends, tls) { Admission = admission });
        }
        catch (Exception e) when (SocketTransport.IsLoss(e) || e is OperationCanceledException or FormatException)
        {
            listener.OpeningFailed(e);
            tls?.Dispose();
            socket.Dispose();
            admission?.Leave();
        }
        finally
        {
            listener.Release(this);
        }
    }

    /// <inheritdoc/>
    public void AbortConnection() => socket.Reset();

    /// <inheritdoc/>
    public void EndIfIdleSince(long time)
    {
        // It has a time limit of its own.
    }

    /// <inheritdoc/>
    public void HurryLinger()
    {
    }
}
