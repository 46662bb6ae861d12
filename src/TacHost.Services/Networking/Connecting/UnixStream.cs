using System.Net.Sockets;

namespace TacHost.Services.Networking.Connecting;

/// <summary>A socket that is connected to a UNIX socket.</summary>
internal static class UnixStream
{
    private static readonly TimeSpan _untilNextTry = TimeSpan.FromMilliseconds(20);

    /// <exception cref="SocketException">No process listens on the socket.</exception>
    public static async Task<OpenedSocket> ConnectAsync(string path, CancellationToken cancellationToken)
    {
        UnixDomainSocketEndPoint address = new(path);
        while (true)
        {
            Socket socket = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
            try
            {
                await socket.ConnectAsync(address, cancellationToken);
                return new OpenedSocket(socket, address);
            }
            catch (SocketException e) when (e.SocketErrorCode is SocketError.WouldBlock)
            {
                // If the backlog is full, connect(2) fails with EAGAIN, where TCP would wait.
                socket.Dispose();
            }
            catch
            {
                socket.Dispose();
                throw;
            }

            await Task.Delay(_untilNextTry, cancellationToken);
        }
    }
}
