using System.Net;
using System.Net.Sockets;
using System.Text;

namespace TacHost.TestSupport.Networking;

/// <summary>A client whose every wait is bounded.</summary>
public sealed class Client : IDisposable
{
    private Client(Socket socket)
    {
        Socket = socket;
        Stream = new NetworkStream(socket, ownsSocket: true);
    }

    public Socket Socket { get; }

    public Stream Stream { get; set; }

    public static async Task<Client> ConnectAsync(EndPoint endPoint)
    {
        if (endPoint is IPEndPoint { Address: var any } ip && (any.Equals(IPAddress.Any) || any.Equals(IPAddress.IPv6Any)))
            endPoint = new IPEndPoint(IPAddress.Loopback, ip.Port);
        var socket = endPoint is IPEndPoint
            ? new Socket(endPoint.AddressFamily, SocketType.Stream, ProtocolType.Tcp)
            : new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            await socket.ConnectAsync(endPoint, TestContext.Current.CancellationToken).AsTask().Soon();
            return new Client(socket);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    public Task SendAsync(string text) => SendAsync(Encoding.UTF8.GetBytes(text));

    public Task SendAsync(byte[] data) => Stream.WriteAsync(data).AsTask().Soon();

    public async Task<string> ReadAsync(int count)
    {
        var buffer = new byte[count];
        await Stream.ReadExactlyAsync(buffer).AsTask().Soon();
        return Encoding.UTF8.GetString(buffer);
    }

    /// <summary>Reads until a text has come.</summary>
    public async Task<string> ReadUntilAsync(string text)
    {
        List<byte> all = [];
        var one = new byte[1];
        while (true)
        {
            await Stream.ReadExactlyAsync(one).AsTask().Soon();
            all.Add(one[0]);
            if (Encoding.UTF8.GetString([.. all]) is var said && said.EndsWith(text, StringComparison.Ordinal))
                return said;
        }
    }

    public async Task<byte[]> ReadToEndAsync()
    {
        using MemoryStream all = new();
        await Stream.CopyToAsync(all).Soon();
        return all.ToArray();
    }

    public void Dispose() => Stream.Dispose();
}
