using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using TacHost.Services.Networking.Listening;
using TacHost.Services.Networking.Tls;

namespace TacHost.Services.Networking.Connections;

/// <summary>A connection before its protocol: it receives a PROXY header, performs a TLS handshake, or both in this order.</summary>
internal sealed class ConnectionHandshake(StreamSocket socket, StreamListener listener, ListenerSettings settings, ConnectionPermit? permit) : IConnection
{
    /// <summary>The time limit for a pending handshake when the listener stops.</summary>
    private static readonly TimeSpan _timeAtStop = TimeSpan.FromSeconds(1);

    private readonly CancellationTokenSource _limit = new();

    /// <inheritdoc/>
    public IConnection? Previous { get; set; }

    /// <inheritdoc/>
    public IConnection? Next { get; set; }

    /// <summary>Leaves the accepting thread, completes the handshake within its timeout, and passes the connection to its protocol. Closes the connection after an error.</summary>
    public async Task OpenAsync()
    {
        _limit.CancelAfter(settings.HandshakeTimeout);
        listener.Add(this);
        await Task.Yield();
        SslStream? tls = null;
        try
        {
            var ends = settings.TrustedProxies is { } trusted ? await ProxyHeader.ReceiveAsync(socket.ManagedSocket, socket.Peer, trusted, _limit.Token) : null;
            if (settings.ExpectsProxyHeader && (ends?.Peer ?? socket.Peer) is IPEndPoint client && permit?.TryCountTo(client.Address) == false)
                throw new FormatException($"{client.Address} has the maximum number of connections of an address.");
            if (settings.Handler is { } handler)
            {
                listener.HandOver(handler, socket, ends, permit);
                return;
            }

            if (settings.Tls is { } certificates)
                tls = await DeferredSessionTicketStream.AuthenticateAsServerAsync(new NetworkStream(socket.ManagedSocket, ownsSocket: false), certificates, _limit.Token);

            listener.Serve(tls is null ? new SocketTransport(socket, listener, ends) { Permit = permit } : new TlsTransport(socket, listener, ends, tls) { Permit = permit });
        }
        catch (Exception e) when (SocketTransport.IsLoss(e) || e is OperationCanceledException or FormatException)
        {
            listener.HandshakeFailed(e);
            tls?.Dispose();
            socket.Dispose();
            permit?.Dispose();
        }
        finally
        {
            listener.Remove(this);
            _limit.Dispose();
        }
    }

    /// <inheritdoc/>
    public void AbortConnection() => socket.Reset();

    /// <inheritdoc/>
    public void CloseIfIdleSince(long time)
    {
        // The handshake has its own timeout.
    }

    /// <inheritdoc/>
    public string Describe() => $"{socket.Peer}, in its handshake";

    /// <summary>Does nothing. The handshake has its own timeout, and the protocol is notified afterwards.</summary>
    public void BeginStop()
    {
    }

    /// <inheritdoc/>
    public void CheckSilence()
    {
        // The handshake has its own timeout.
    }

    /// <inheritdoc/>
    public void ShortenLinger()
    {
        // No request is lost if the handshake is cut short.
        try
        {
            _limit.CancelAfter(_timeAtStop);
        }
        catch (ObjectDisposedException)
        {
            // The handshake has just completed.
        }
    }
}
