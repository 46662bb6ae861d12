using System.Net;
using System.Net.Sockets;

namespace TacHost.TestSupport.Networking;

/// <summary>A server of a few lines on a loopback address, for something to connect to.</summary>
public sealed class LoopbackServer : IDisposable
{
    private readonly TcpListener _listener;
    private readonly Func<Socket, Task> _serve;
    private int _connections;

    public LoopbackServer(Func<Socket, Task> serve, IPAddress? address = null, int port = 0)
    {
        _serve = serve;
        _listener = new TcpListener(address ?? IPAddress.Loopback, port);
        _listener.Start();
        _ = AcceptAsync();
    }

    public IPEndPoint EndPoint => (IPEndPoint)_listener.LocalEndpoint;

    public int Port => EndPoint.Port;

    public int Connections => Volatile.Read(ref _connections);

    /// <summary>Sends a text and closes.</summary>
    public static LoopbackServer Saying(string text) => new(async socket => await socket.SendAsync(System.Text.Encoding.UTF8.GetBytes(text)));

    /// <summary>Sends back what comes, to the end.</summary>
    public static LoopbackServer Echo() => new(async socket =>
    {
        var buffer = new byte[65_536];
        while (await socket.ReceiveAsync(buffer) is var count and > 0)
            await socket.SendAsync(buffer.AsMemory(0, count));
        socket.Shutdown(SocketShutdown.Send);
    });

    /// <summary>Answers every request of HTTP with a text.</summary>
    public static LoopbackServer Http(string text) => new(async socket =>
    {
        var buffer = new byte[65_536];
        await socket.ReceiveAsync(buffer);
        await socket.SendAsync(System.Text.Encoding.UTF8.GetBytes($"HTTP/1.1 200 OK\r\nContent-Length: {text.Length}\r\nConnection: close\r\n\r\n{text}"));
    });

    public void Dispose() => _listener.Dispose();

    private async Task AcceptAsync()
    {
        while (true)
        {
            Socket socket;
            try
            {
                socket = await _listener.AcceptSocketAsync();
            }
            catch (Exception e) when (e is SocketException or ObjectDisposedException)
            {
                return;
            }

            Interlocked.Increment(ref _connections);
            _ = ServeAsync(socket);
        }
    }

    private async Task ServeAsync(Socket socket)
    {
        using (socket)
        {
            try
            {
                await _serve(socket);
            }
            catch (SocketException)
            {
                // The peer has gone.
            }
        }
    }
}
