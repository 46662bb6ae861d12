using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using TacHost.Services.Interop;
using TacHost.Services.Networking.Connections;

namespace TacHost.Services.Networking.Listening;

/// <summary>A socket that listens, with what its kind does differently: this is the plain kind, and the others derive from it.</summary>
/// <remarks>It makes do with the descriptor. .NET's socket would be loaded for nothing else in many a start; with what it loads for names, 5 ms.</remarks>
internal class ListeningSocket
{
    private readonly SafeHandle _handle;
    private readonly IDisposable _owner;

    /// <summary>Takes over a bare descriptor.</summary>
    public ListeningSocket(SafeHandle handle)
    {
        (_handle, _owner) = (handle, handle);
        EndPoint = Libc.GetSockName(handle);
    }

    /// <summary>Takes over a socket of .NET.</summary>
    public ListeningSocket(Socket socket)
    {
        (_handle, _owner) = (socket.SafeHandle, socket);
        EndPoint = socket.LocalEndPoint!;
    }

    /// <summary>The address that was bound.</summary>
    public EndPoint EndPoint { get; }

    /// <summary>What log lines call it once it is closed, such as "TCP Port 10000".</summary>
    public string Title => EndPoint is IPEndPoint ip ? $"TCP Port {ip.Port}" : $"UNIX Port {EndPoint}";

    /// <summary>Waits for the next connection.</summary>
    /// <param name="managed">Whether .NET's socket will be needed.</param>
    public virtual StreamSocket Accept(bool managed) => StreamSocket.Accept(_handle, managed);

    /// <summary>Takes it away from where new peers would find it, if that can be done before it is closed.</summary>
    public virtual void Unlink()
    {
    }

    /// <summary>Whether closing it would reset a connection that the kernel has completed.</summary>
    public virtual bool HasBacklog() => Libc.HasBacklog(_handle);

    /// <summary>Closes it; an accept that waits ends with an exception.</summary>
    public virtual void Close()
    {
        // .NET's socket sees to that itself, and a datagram socket may be shared with a program that goes on.
        if (_owner == _handle && !_handle.IsClosed)
            Libc.EndListening(_handle);
        Dispose();
    }

    /// <summary>Lets go of it, without a word to those who may share it.</summary>
    protected void Dispose() => _owner.Dispose();
}
