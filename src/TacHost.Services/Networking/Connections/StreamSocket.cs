using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;
using TacHost.Services.Interop;

namespace TacHost.Services.Networking.Connections;

/// <summary>A connected stream socket: a bare descriptor for as long as that will do, and .NET's socket beside it once something needs that, such as a wait.</summary>
/// <remarks>.NET's takes 250 bytes, and half as many of garbage to make; this takes 48, which is what an idle connection gets by with.</remarks>
internal sealed class StreamSocket : SafeHandleMinusOneIsInvalid
{
    private Socket? _managed;

    /// <summary>Takes over a socket of .NET.</summary>
    /// <param name="socket">A connected one.</param>
    /// <param name="peer">The other side, if that is known; otherwise the socket is asked.</param>
    /// <exception cref="SocketException">It is not connected any more.</exception>
    public StreamSocket(Socket socket, EndPoint? peer = null)
        : base(ownsHandle: true)
    {
        Peer = peer ?? (socket.RemoteEndPoint is IPEndPoint ip ? Unmapped(ip) : UnixPeerEndPoint.Of(socket.SafeHandle));
        _managed = socket;
        SetHandle(socket.SafeHandle.DangerousGetHandle());
    }

    private StreamSocket(int descriptor, IPEndPoint? peer)
        : base(ownsHandle: true)
    {
        SetHandle(descriptor);
        Peer = peer ?? (EndPoint)UnixPeerEndPoint.Of(this);
    }

    /// <summary>The other side, in a form that can be read in a log.</summary>
    public EndPoint Peer { get; }

    /// <summary>This side. Asks the kernel, which does not know any more once the socket is closed.</summary>
    public EndPoint Local => _managed is null ? Libc.GetSockName(this) : LocalOf(_managed)!;

    /// <summary>Its number.</summary>
    public int Descriptor => (int)handle;

    /// <summary>Whether the peer has sent something that has not been taken.</summary>
    public bool HasUnread => Libc.HasUnread(this);

    /// <summary>.NET's socket over the same descriptor, made when it is first asked for; this one's to dispose of.</summary>
    /// <exception cref="ObjectDisposedException">The connection is closed.</exception>
    public Socket ManagedSocket
    {
        get
        {
            lock (this)
                return _managed ?? CreateManagedSocket();
        }
    }

    /// <summary>Accepts the next connection to a listening socket, or returns null if there is none.</summary>
    /// <param name="listening">The listening socket, which does not block.</param>
    /// <param name="managed">Whether .NET's socket will be needed, which is then made at once.</param>
    /// <exception cref="SocketException">The connection cannot be accepted.</exception>
    public static StreamSocket? Accept(SafeHandle listening, bool managed)
    {
        var descriptor = Libc.Accept(listening, out var peer);
        if (descriptor < 0)
            return null;
        StreamSocket accepted = new(descriptor, peer);
        try
        {
            if (managed)
                accepted.CreateManagedSocket();
            return accepted;
        }
        catch (SocketException)
        {
            accepted.Dispose();
            throw new SocketException((int)SocketError.ConnectionAborted);
        }
    }

    /// <summary>This side of a socket, in a form that can be read in a log; null for one without an address.</summary>
    public static EndPoint? LocalOf(Socket socket) => socket.LocalEndPoint is IPEndPoint ip ? Unmapped(ip) : socket.LocalEndPoint;

    /// <summary>Takes what has come, without waiting.</summary>
    public int ReceiveNow(Span<byte> buffer, out SocketError error) => Libc.ReceiveNow(this, buffer, out error);

    /// <summary>Sends what the kernel takes, without waiting.</summary>
    public int SendNow(ReadOnlySpan<byte> data, out SocketError error) => Libc.SendNow(this, data, out error);

    /// <summary>Tells the peer that nothing more comes.</summary>
    public void ShutdownWrite()
    {
        try
        {
            // .NET would make a reset of the close that follows, if it did not know.
            if (_managed is null)
                Libc.ShutdownWrite(this);
            else
                _managed.Shutdown(SocketShutdown.Send);
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // The peer is gone already, which the read will say.
        }
    }

    /// <summary>Closes it so that the peer sees a reset.</summary>
    public void Reset()
    {
        try
        {
            if (_managed is null)
                Libc.SetLingerZero(this);
            else
                _managed.LingerState = new LingerOption(enable: true, seconds: 0);
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // Only a live connection can be told to reset; what opened it may have been aborted a moment before.
        }

        Dispose();
    }

    /// <summary>Gives .NET's socket away. This one is of no use after that.</summary>
    public Socket Detach()
    {
        var managed = ManagedSocket;
        SetHandleAsInvalid();
        return managed;
    }

    protected override bool ReleaseHandle()
    {
        // It comes after every call that was under way, so the number cannot be another socket's by then.
        if (_managed is null)
            return Libc.Close((int)handle) == 0;
        _managed.Dispose();
        return true;
    }

    private Socket CreateManagedSocket()
    {
        var held = false;
        try
        {
            DangerousAddRef(ref held);
            SafeSocketHandle same = new(handle, ownsHandle: true);
            try
            {
                return _managed = new Socket(same);
            }
            catch
            {
                same.SetHandleAsInvalid();
                throw;
            }
        }
        finally
        {
            if (held)
                DangerousRelease();
        }
    }

    /// <summary>An IPv4 peer of a dual-stack socket, as people write it.</summary>
    private static IPEndPoint Unmapped(IPEndPoint ip) => ip.Address.IsIPv4MappedToIPv6 ? new IPEndPoint(ip.Address.MapToIPv4(), ip.Port) : ip;
}
