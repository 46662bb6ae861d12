using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using TacHost.Native;

namespace TacHost.Services.Networking.Listening;

/// <summary>A listening socket. This class implements the default behaviour; derived classes implement that of other kinds.</summary>
/// <remarks>
/// Uses only the descriptor. In many starts nothing else needs <see cref="Socket"/>,
/// whose assemblies, together with those for name resolution, take 5 ms to load.
/// </remarks>
internal class ListeningSocket : IDisposable
{
    private readonly IDisposable _disposable;

    /// <summary>Initializes the object from a descriptor and becomes its owner.</summary>
    public ListeningSocket(SafeHandle handle)
    {
        (Handle, _disposable) = (handle, handle);
        EndPoint = LibcAddresses.GetSockName(handle);
    }

    /// <summary>Initializes the object from a <see cref="Socket"/> and becomes its owner.</summary>
    /// <param name="socket">The socket.</param>
    /// <param name="endPoint">The address for clients, or null for that of the kernel.</param>
    public ListeningSocket(Socket socket, EndPoint? endPoint = null)
    {
        (Handle, _disposable) = (socket.SafeHandle, socket);
        EndPoint = endPoint ?? socket.LocalEndPoint!;
    }

    public SafeHandle Handle { get; }

    public int Descriptor => (int)Handle.DangerousGetHandle();

    /// <summary>Gets or sets whether other processes may accept from the same socket. If so, the backlog and the file are left to them on close.</summary>
    public bool IsShared { get; set; }

    public EndPoint EndPoint { get; }

    /// <summary>Gets the name of the socket in the log line for its close, such as "TCP Port 10000".</summary>
    public string Title => EndPoint is IPEndPoint ip ? $"TCP Port {ip.Port}" : $"UNIX Port {EndPoint}";

    /// <summary>Sets the socket to non-blocking mode, so that an accept without a pending connection returns at once.</summary>
    public void SetNonBlocking() => LibcListening.SetNonBlocking(Handle);

    /// <summary>Returns whether closing the socket would reset a connection that the kernel has completed.</summary>
    public bool HasBacklog() => LibcListening.HasBacklog(Handle);

    /// <summary>Drops further connection requests, before the socket is closed.</summary>
    public void DropNewConnections()
    {
        if (EndPoint is IPEndPoint)
            LibcListening.DropNewConnections(Handle);
    }

    /// <summary>Removes the name by which new peers find the socket, if that is possible before the close.</summary>
    public virtual void Unlink()
    {
    }

    /// <summary>Closes the socket. A duplicate of the socket continues to listen.</summary>
    public void Dispose()
    {
        _disposable.Dispose();
        GC.SuppressFinalize(this);
    }
}
