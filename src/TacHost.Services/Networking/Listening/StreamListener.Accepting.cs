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
        Admission? admission = null;
        try
        {
            pause.WaitForRoom();
            socket = _socket.Accept(_settings.NeedsWholeSocket);
            pause.Accepted(socket);
            if (_settings.Limiter is { } limiter && !TryAdmit(limiter, socket, out admission))
                return;
            if (_settings.TakeOver is { } takeOver)
                takeOver(this, socket.Detach(), admission);
            else if (_settings.HasOpening)
                _ = new OpeningConnection(socket, this, _settings, admission).OpenAsync();
            else
                Serve(new SocketTransport(socket, this) { Admission = admission });
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
            admission?.Leave();
        }
    }

    /// <summary>Gives an accepted connection a place, after a wait if the limits want that; or resets it.</summary>
    private bool TryAdmit(ConnectionLimiter limiter, StreamSocket socket, out Admission? admission)
    {
        admission = limiter.TryEnter();
        if (admission is null)
            LimitReached("there are as many connections as there may be");
        while (admission is null && limiter.Waits && WaitHandle.WaitAny([_closing.WaitHandle, limiter.Room]) != 0)
            admission = limiter.TryEnter();

        // Behind a proxy, the address is known only later.
        if (admission is not null && !_settings.ExpectsProxyHeader && socket.Peer is IPEndPoint peer && !admission.TryCountTo(peer.Address))
        {
            LimitReached($"{peer.Address} has as many connections as it may have");
            admission.Leave();
            admission = null;
        }

        if (admission is not null)
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
