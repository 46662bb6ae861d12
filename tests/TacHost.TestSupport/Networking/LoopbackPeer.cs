using System.Net;
using System.Net.Sockets;

namespace TacHost.TestSupport.Networking;

/// <summary>The other end of a connection, a plain socket.</summary>
public sealed class LoopbackPeer : IDisposable
{
    private LoopbackPeer(Socket socket) => Socket = socket;

    public Socket Socket { get; }

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public static async Task<LoopbackPeer> ConnectAsync(IPEndPoint endPoint, int? receiveBuffer = null)
    {
        var socket = new Socket(endPoint.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        if (receiveBuffer is { } size)
            socket.ReceiveBufferSize = size;
        var target = endPoint.Address.Equals(IPAddress.IPv6Any) ? new IPEndPoint(IPAddress.IPv6Loopback, endPoint.Port) : endPoint;
        await socket.ConnectAsync(target, Token).AsTask().Soon();
        return new LoopbackPeer(socket);
    }

    public async Task SendAsync(ReadOnlyMemory<byte> data)
    {
        while (!data.IsEmpty)
            data = data[await Socket.SendAsync(data, SocketFlags.None, Token).AsTask().Soon()..];
    }

    /// <summary>Reads until the server closes.</summary>
    public async Task<byte[]> ReadToEndAsync(int atOnce = 256 * 1024)
    {
        using var all = new MemoryStream();
        var buffer = new byte[atOnce];
        while (await ReadAsync(buffer) is > 0 and var count)
            all.Write(buffer, 0, count);
        return all.ToArray();
    }

    public Task<int> ReadAsync(byte[] buffer) => Socket.ReceiveAsync(buffer, SocketFlags.None, Token).AsTask().Soon();

    /// <summary>Waits for the reset that an aborted connection sends.</summary>
    public Task<SocketError> ReadUntilErrorAsync() => ErrorOfAsync(() => ReadToEndAsync());

    /// <summary>Connects to where the connection is aborted at once, which the connect may see already.</summary>
    public static Task<SocketError> ConnectUntilErrorAsync(IPEndPoint endPoint) => ErrorOfAsync(async () =>
    {
        using var client = await ConnectAsync(endPoint);
        await client.ReadToEndAsync();
    });

    public void Dispose() => Socket.Dispose();

    private static async Task<SocketError> ErrorOfAsync(Func<Task> communicate)
    {
        try
        {
            await communicate();
            return SocketError.Success;
        }
        catch (SocketException e)
        {
            return e.SocketErrorCode;
        }
    }
}
