using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using TacHost.Services.Interop;

namespace TacHost.Services.Networking.Listening;

/// <summary>A socket that listens, with what its kind does differently: this is the plain kind, and the others derive from it.</summary>
/// <remarks>It makes do with the descriptor. .NET's socket would be loaded for nothing else in many a start; with what it loads for names, 5 ms.</remarks>
internal class ListeningSocket : IDisposable
{
    private readonly IDisposable _disposable;

    /// <summary>Takes over a bare descriptor.</summary>
    public ListeningSocket(SafeHandle handle)
    {
        (Handle, _disposable) = (handle, handle);
        EndPoint = Libc.GetSockName(handle);
    }

    /// <summary>Takes over a socket of .NET.</summary>
    public ListeningSocket(Socket socket)
    {
        (Handle, _disposable) = (socket.SafeHandle, socket);
        EndPoint = socket.LocalEndPoint!;
    }

    public SafeHandle Handle { get; }

    public int Descriptor => (int)Handle.DangerousGetHandle();

    /// <summary>Gets whether others may accept from the same socket, to whom the backlog is left.</summary>
    public bool IsShared { get; init; }

    /// <summary>Gets the address that was bound.</summary>
    public EndPoint EndPoint { get; }

    /// <summary>Gets what log lines call the socket once it is closed, such as "TCP Port 10000".</summary>
    public string Title => EndPoint is IPEndPoint ip ? $"TCP Port {ip.Port}" : $"UNIX Port {EndPoint}";

    /// <summary>Makes an accept return at once if there is no connection.</summary>
    public void SetNonBlocking() => Libc.SetNonBlocking(Handle);

    /// <summary>Gets whether closing the socket would reset a connection that the kernel has completed.</summary>
    public bool HasBacklog() => Libc.HasBacklog(Handle);

    /// <summary>Lets no further handshake begin, before the socket is closed.</summary>
    public void DropNewConnections()
    {
        if (EndPoint is IPEndPoint)
            Libc.DropNewConnections(Handle);
    }

    /// <summary>Removes the socket from where new peers would find it, if that can be done before it is closed.</summary>
    public virtual void Unlink()
    {
    }

    /// <summary>Closes the socket. A duplicate of it goes on listening.</summary>
    public void Dispose()
    {
        _disposable.Dispose();
        GC.SuppressFinalize(this);
    }
}
