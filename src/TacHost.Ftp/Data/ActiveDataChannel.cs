using System.Net;
using System.Net.Sockets;

namespace TacHost.Ftp.Data;

/// <summary>A data channel that connects to the client. The caller has checked that the target is the client's own address.</summary>
internal sealed class ActiveDataChannel(IPAddress local, IPEndPoint target) : DataChannel
{
    public override async Task<Socket> ConnectAsync(CancellationToken cancellationToken)
    {
        Socket socket = new(target.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            // Bind to the local address of the control connection, because a packet filter of the client may permit only this address.
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
