using System.Net;
using System.Net.Sockets;

namespace TacHost.EndToEnd.Tests.Running;

/// <summary>Connections that stay open, and on which nothing is read.</summary>
internal sealed class OpenSockets : IDisposable
{
    private readonly Queue<Socket> _open = new();

    public IEnumerable<Socket> All => _open;

    /// <returns>The last of the new ones.</returns>
    public async Task<Socket> ConnectAsync(int port, int count)
    {
        Socket? last = null;
        for (var i = 0; i < count; i++)
        {
            last = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { ReceiveBufferSize = 4096 };
            _open.Enqueue(last);
            await last.ConnectAsync(new IPEndPoint(IPAddress.Loopback, port), TestContext.Current.CancellationToken);
        }

        return last!;
    }

    public void CloseOldest() => _open.Dequeue().Dispose();

    public void Dispose()
    {
        while (_open.TryDequeue(out var socket))
            socket.Dispose();
    }
}
