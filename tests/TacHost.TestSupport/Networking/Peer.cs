using System.Net;
using System.Net.Sockets;
using System.Text;

namespace TacHost.TestSupport.Networking;

/// <summary>A client over TCP or a UNIX socket, whose every wait is bounded.</summary>
public sealed class Peer : IDisposable
{
    private Peer(Socket socket) => Socket = socket;

    public Socket Socket { get; }

    public static async Task<Peer> ConnectAsync(EndPoint endPoint)
    {
        Socket socket = endPoint is UnixDomainSocketEndPoint
            ? new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified)
            : new(endPoint.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(endPoint, TestContext.Current.CancellationToken).AsTask().Soon();
        return new Peer(socket);
    }

    public async Task SendAsync(params byte[] data) => await Socket.SendAsync(data).Soon();

    public Task SendAsync(string text) => SendAsync(Encoding.UTF8.GetBytes(text));

    public async Task<byte[]> ReadAsync(int count)
    {
        var buffer = new byte[count];
        for (var got = 0; got < count;)
        {
            var more = await Socket.ReceiveAsync(buffer.AsMemory(got), TestContext.Current.CancellationToken).AsTask().Soon();
            Assert.True(more > 0, $"The connection ended after {got} of {count} bytes: {Convert.ToHexString(buffer, 0, got)}.");
            got += more;
        }

        return buffer;
    }

    public async Task<string> ReadTextAsync(int count) => Encoding.UTF8.GetString(await ReadAsync(count));

    /// <summary>Reads until the other side has finished or broken off.</summary>
    public async Task<byte[]> ReadToEndAsync()
    {
        using MemoryStream all = new();
        var buffer = new byte[65_536];
        try
        {
            while (await Socket.ReceiveAsync(buffer, TestContext.Current.CancellationToken).AsTask().Soon() is var count and > 0)
                all.Write(buffer, 0, count);
        }
        catch (SocketException)
        {
            // Broken off.
        }

        return all.ToArray();
    }

    public void Dispose() => Socket.Dispose();
}
