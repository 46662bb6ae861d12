using System.Net;
using System.Net.Sockets;
using TacHost.Services.Networking.Connections;

namespace TacHost.Services.Networking.Listening;

/// <summary>A socket that listens, with what its kind does differently: this is the plain kind, and the others derive from it.</summary>
internal class ListeningSocket(Socket socket)
{
    /// <summary>The address that was bound.</summary>
    public EndPoint EndPoint { get; } = socket.LocalEndPoint!;

    /// <summary>What log lines call it once it is closed, such as "TCP Port 10000".</summary>
    public string Title => EndPoint is IPEndPoint ip ? $"TCP Port {ip.Port}" : $"UNIX Port {EndPoint}";

    protected Socket Socket => socket;

    /// <summary>Waits for the next connection.</summary>
    /// <param name="whole">Whether .NET's socket will be needed.</param>
    public virtual StreamSocket Accept(bool whole) => StreamSocket.Accept(socket, whole);

    /// <summary>Takes it away from where new peers would find it, if that can be done before it is closed.</summary>
    public virtual void Withdraw()
    {
    }

    /// <summary>Whether closing it would reset a connection that the kernel has completed.</summary>
    public virtual bool HasBacklog()
    {
        try
        {
            return socket.Poll(0, SelectMode.SelectRead);
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            return false;
        }
    }

    /// <summary>Closes it; an accept that waits ends with an exception.</summary>
    public virtual void Close() => socket.Dispose();
}
