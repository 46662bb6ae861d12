using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;
using TacHost.Native;

namespace TacHost.Services.Networking.Connections;

/// <summary>A connected stream socket. Holds only a file descriptor and creates a <see cref="Socket"/> on first use, for example to wait asynchronously.</summary>
/// <remarks>
/// A <see cref="Socket"/> takes 250 bytes, plus half as much garbage during its creation.
/// This type takes 48 bytes, which is sufficient for an idle connection.
/// </remarks>
internal sealed class StreamSocket : SafeHandleMinusOneIsInvalid
{
    private Socket? _managed;

    /// <summary>Initializes the object from a <see cref="Socket"/> and becomes its owner.</summary>
    /// <param name="socket">A connected socket.</param>
    /// <param name="peer">The address of the peer if it is known; otherwise, the socket is queried.</param>
    /// <exception cref="SocketException">The socket is no longer connected.</exception>
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

    /// <summary>Gets the address of the peer, in a readable form.</summary>
    public EndPoint Peer { get; }

    /// <summary>Gets the local address. Queries the kernel, which no longer knows it after the socket is closed.</summary>
    public EndPoint Local => _managed is null ? LibcAddresses.GetSockName(this) : LocalOf(_managed)!;

    public int Descriptor => (int)handle;

    /// <summary>Gets whether the peer has sent data that has not been read.</summary>
    public bool HasUnread => LibcStreams.HasUnread(this);

    /// <summary>Gets a <see cref="Socket"/> for the same descriptor, created on first use. This object disposes it.</summary>
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
    /// <param name="managed">true to create the <see cref="Socket"/> at once, because it will be needed.</param>
    /// <exception cref="SocketException">The connection cannot be accepted.</exception>
    public static StreamSocket? Accept(SafeHandle listening, bool managed)
    {
        var descriptor = LibcAddresses.Accept(listening, out var peer);
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

    /// <summary>Returns the local address of a socket in a readable form, or null if the socket has no address.</summary>
    public static EndPoint? LocalOf(Socket socket) => socket.LocalEndPoint is IPEndPoint ip ? Unmapped(ip) : socket.LocalEndPoint;

    /// <summary>Receives the available data without waiting.</summary>
    public int ReceiveNow(Span<byte> buffer, out SocketError error) => LibcStreams.ReceiveNow(this, buffer, out error);

    /// <summary>Sends as much as the kernel accepts without waiting.</summary>
    public int TrySend(ReadOnlySpan<byte> data, out SocketError error) => LibcStreams.TrySend(this, data, out error);

    /// <summary>Shuts down the sending side.</summary>
    public void ShutdownWrite()
    {
        try
        {
            // Shut down through the Socket if there is one, because otherwise the Socket would reset the connection on close.
            if (_managed is null)
                LibcStreams.ShutdownWrite(this);
            else
                _managed.Shutdown(SocketShutdown.Send);
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // The peer is already gone, which the next read reports.
        }
    }

    /// <summary>Closes the socket so that the peer receives a reset.</summary>
    public void Reset()
    {
        try
        {
            if (_managed is null)
                LibcStreams.SetLingerZero(this);
            else
                _managed.LingerState = new LingerOption(enable: true, seconds: 0);
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // Only a live connection can be reset; its opener may just have aborted it.
        }

        Dispose();
    }

    /// <summary>Returns the <see cref="Socket"/> and transfers its ownership to the caller. This object cannot be used afterwards.</summary>
    public Socket Detach()
    {
        var managed = ManagedSocket;
        SetHandleAsInvalid();
        return managed;
    }

    protected override bool ReleaseHandle()
    {
        // Called after every call in progress has returned, so the number cannot belong to another socket yet.
        if (_managed is null)
            return LibcSocketFiles.Close((int)handle) == 0;
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

    /// <summary>Returns an IPv4-mapped address of a dual-stack socket as IPv4.</summary>
    private static IPEndPoint Unmapped(IPEndPoint ip) => ip.Address.IsIPv4MappedToIPv6 ? new IPEndPoint(ip.Address.MapToIPv4(), ip.Port) : ip;
}
