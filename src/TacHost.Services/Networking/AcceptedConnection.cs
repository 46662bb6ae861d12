using System.Net;
using System.Net.Sockets;
using TacHost.Services.Networking.Connections;
using TacHost.Services.Networking.Listening;

namespace TacHost.Services.Networking;

/// <summary>A connection that a <see cref="ListenerGroup"/> has accepted and counted.</summary>
public sealed class AcceptedConnection : IDisposable
{
    private readonly ConnectionPermit? _permit;
    private readonly ConnectionCounts? _counts;
    private bool _isReleased;

    internal AcceptedConnection(Socket socket, ConnectionEnds ends, EndPoint listener, ConnectionPermit? permit, ConnectionCounts? counts)
    {
        (Socket, Peer, Local, Listener, _permit, _counts) = (socket, ends.Peer, ends.Local, listener, permit, counts);
        counts?.CountOpened();
    }

    /// <summary>Gets the socket. Nothing of the protocol has been received yet.</summary>
    public Socket Socket { get; }

    /// <summary>Gets the address of the client, also of one behind a proxy that sends PROXY headers.</summary>
    public EndPoint Peer { get; }

    /// <summary>Gets the address that the client connected to.</summary>
    public EndPoint Local { get; }

    /// <summary>Gets the address of the listening socket, one of <see cref="ListenerGroup.LocalAddresses"/>.</summary>
    public EndPoint Listener { get; }

    /// <summary>Ends the counting of the connection against the limits and in the metrics, for a handler that closes the socket by other means. Calling it twice has no effect.</summary>
    public void Release()
    {
        if (Interlocked.Exchange(ref _isReleased, true))
            return;
        _permit?.Dispose();
        _counts?.CountClosed();
    }

    /// <summary>Counts the connection as refused and resets it.</summary>
    public void Refuse()
    {
        _counts?.CountRefused();
        Reset();
    }

    /// <summary>Closes the socket and releases the connection.</summary>
    public void Dispose()
    {
        Socket.Dispose();
        Release();
    }

    /// <summary>Closes the connection so that the peer sees a reset.</summary>
    internal void Reset()
    {
        try
        {
            Socket.LingerState = new LingerOption(enable: true, seconds: 0);
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // The peer has already disconnected.
        }

        Dispose();
    }
}
