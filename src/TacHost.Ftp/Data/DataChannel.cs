using System.Net.Sockets;

namespace TacHost.Ftp.Data;

/// <summary>A data connection to be opened, prepared by PASV, EPSV, PORT or EPRT.</summary>
internal abstract class DataChannel : IDisposable
{
    /// <summary>Opens the data connection.</summary>
    /// <exception cref="SocketException">The connection cannot be opened.</exception>
    public abstract Task<Socket> ConnectAsync(CancellationToken cancellationToken);

    public abstract void Dispose();
}
