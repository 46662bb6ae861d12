using System.Net.Sockets;

namespace TacHost.Servers.Ftp.Data;

/// <summary>The way to one data connection, prepared by PASV, EPSV, PORT or EPRT.</summary>
internal abstract class DataChannel : IDisposable
{
    /// <summary>Makes the connection.</summary>
    /// <exception cref="SocketException">It cannot be made.</exception>
    public abstract Task<Socket> ConnectAsync(CancellationToken cancellationToken);

    public abstract void Dispose();
}
