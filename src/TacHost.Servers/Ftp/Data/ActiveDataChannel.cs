using System.Net;
using System.Net.Sockets;

namespace TacHost.Servers.Ftp.Data;

/// <summary>Connects to the client. That this is the client, and not somebody it wants to harm, was checked before.</summary>
internal sealed class ActiveDataChannel(IPAddress local, IPEndPoint target) : DataChannel
{
    public override async Task<Socket> ConnectAsync(CancellationToken cancellationToken)
    {
        Socket socket = new(target.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            // A client behind a packet filter expects the connection from the address that it knows.
            if (local.AddressFamily == target.AddressFamily)
                socket.Bind(new IPEndPoint(local, 0));
            await socket.ConnectAsync(target, cancellationToken);
            return socket;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    public override void Dispose()
    {
    }
}
