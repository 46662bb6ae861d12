using System.Net;
using Microsoft.Extensions.Logging;
using TacHost.Services.Networking.Connections;

namespace TacHost.Services.Networking.Listening;

internal sealed partial class StreamListener
{
    private bool _limitReached;

    /// <inheritdoc/>
    public bool TryReserve(Action wake, out ConnectionPermit? permit)
    {
        permit = null;
        if (_settings.Limiter is not { } limiter)
            return true;
        permit = limiter.TryAcquire(wake);
        if (permit is null)
            LimitReached("the maximum number of connections is open");
        return permit is not null || !limiter.Waits;
    }

    /// <inheritdoc/>
    public void Accept(StreamSocket socket, ConnectionPermit? permit)
    {
        if (_settings.Limiter is not null && !IsWithinLimits(socket, permit))
        {
            permit?.Dispose();
            Counts?.CountRefused();
            socket.Reset();
        }
        else if (_settings.HasHandshake)
        {
            _ = new ConnectionHandshake(socket, this, _settings, permit).OpenAsync();
        }
        else if (_settings.Handler is { } handler)
        {
            HandOver(handler, socket, null, permit);
        }
        else
        {
            Serve(new SocketTransport(socket, this) { Permit = permit });
        }
    }

    public void HandOver(IConnectionHandler handler, StreamSocket socket, ConnectionEnds? ends, ConnectionPermit? permit)
    {
        ends ??= new ConnectionEnds(socket.Peer, LocalEndPoint ?? socket.Local);
        AcceptedConnection connection = new(socket.Detach(), ends, EndPoint, permit, Counts);
        try
        {
            handler.Handle(connection);
        }
        catch (Exception e)
        {
            // The boundary around one connection: others must not notice.
            NetworkingLog.Attempt(() => NetworkingLog.HandlerThrew(Logger, e, connection.Peer, TypeName.Of(handler.GetType())));
            connection.Reset();
        }
    }

    /// <summary>Counts a connection of its address, unless a PROXY header will contain the address.</summary>
    private bool IsWithinLimits(StreamSocket socket, ConnectionPermit? permit)
    {
        if (permit is null)
            return false;
        if (_settings.ExpectsProxyHeader || socket.Peer is not IPEndPoint peer || permit.TryCountTo(peer.Address))
            return true;
        LimitReached($"{peer.Address} has the maximum number of connections of an address");
        return false;
    }

    private void LimitReached(string reason)
    {
        var level = Interlocked.Exchange(ref _limitReached, true) ? LogLevel.Debug : LogLevel.Warning;
        NetworkingLog.Attempt(() => NetworkingLog.LimitReached(_settings.Logger, level, EndPoint, reason));
    }
}
