using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Logging;
using TacHost.Services.Networking.Connections;

namespace TacHost.Services.Networking.Listening;

internal sealed partial class StreamListener
{
    private bool _limitReached;

    private void Accept()
    {
        using (AcceptPause pause = new(_settings.Logger, EndPoint, _closing))
        {
            while (!_closing.IsSet)
                AcceptOne(pause);
        }

        _accepting.SetResult();
    }

    private void AcceptOne(AcceptPause pause)
    {
        StreamSocket? socket = null;
        ConnectionPermit? permit = null;
        try
        {
            pause.WaitForRoom();
            socket = _socket.Accept(_settings.NeedsManagedSocket);
            pause.Accepted(socket);
            if (_settings.Limiter is { } limiter && !TryAdmit(limiter, socket, out permit))
                return;
            if (_settings.TakeOver is { } takeOver)
                takeOver(this, socket.Detach(), permit);
            else if (_settings.HasHandshake)
                _ = new ConnectionHandshake(socket, this, _settings, permit).OpenAsync();
            else
                Serve(new SocketTransport(socket, this) { Permit = permit });
        }
        catch (Exception) when (_closing.IsSet)
        {
            socket?.Dispose();
        }
        catch (SocketException e) when (socket is null && e.SocketErrorCode is not (SocketError.ConnectionAborted or SocketError.ConnectionReset))
        {
            pause.WaitAfter(e);
        }
        catch (SocketException)
        {
            // The peer gave up between its connect and our accept, or before we could ask for its address.
            socket?.Dispose();
            permit?.Dispose();
        }
    }

    /// <summary>Gives an accepted connection a place, after a wait if the limits want that; or resets it.</summary>
    private bool TryAdmit(ConnectionLimiter limiter, StreamSocket socket, out ConnectionPermit? permit)
    {
        permit = limiter.TryAcquire();
        if (permit is null)
            LimitReached("there are as many connections as there may be");
        while (permit is null && limiter.Waits && WaitHandle.WaitAny([_closing.WaitHandle, limiter.Room]) != 0)
            permit = limiter.TryAcquire();

        // Behind a proxy, the address is known only later.
        if (permit is not null && !_settings.ExpectsProxyHeader && socket.Peer is IPEndPoint peer && !permit.TryCountTo(peer.Address))
        {
            LimitReached($"{peer.Address} has as many connections as it may have");
            permit.Dispose();
            permit = null;
        }

        if (permit is not null)
            return true;
        Counts?.CountRefused();
        socket.Reset();
        return false;
    }

    private void LimitReached(string reason)
    {
        var level = Interlocked.Exchange(ref _limitReached, true) ? LogLevel.Debug : LogLevel.Warning;
        NetworkingLog.Attempt(() => NetworkingLog.LimitReached(_settings.Logger, level, EndPoint, reason));
    }
}
