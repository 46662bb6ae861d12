using System.Net;
using System.Net.Sockets;

namespace TacHost.TestSupport.Networking;

/// <summary>A socket that listens and has no room for another connection: an attempt to connect hangs.</summary>
public sealed class FullListener : IDisposable
{
    private const int MoreThanTheBacklog = 16;

    private readonly Socket _socket;
    private readonly List<Socket> _clients = [];

    public FullListener(EndPoint endPoint)
    {
        _socket = NewSocket(endPoint);
        _socket.Bind(endPoint);
        _socket.Listen(0);
        EndPoint = _socket.LocalEndPoint!;
        for (var i = 0; i < MoreThanTheBacklog; i++)
        {
            var client = NewSocket(endPoint);
            _clients.Add(client);
            client.Blocking = false;
            try
            {
                client.Connect(EndPoint);
            }
            catch (SocketException)
            {
                // In progress, and stays so.
            }
        }
    }

    public EndPoint EndPoint { get; }

    /// <summary>Makes room.</summary>
    public void AcceptAll()
    {
        while (_socket.Poll(0, SelectMode.SelectRead))
            _clients.Add(_socket.Accept());
    }

    public void Dispose()
    {
        _socket.Dispose();
        foreach (var client in _clients)
            client.Dispose();
    }

    private static Socket NewSocket(EndPoint endPoint) =>
        new(endPoint.AddressFamily, SocketType.Stream, endPoint is IPEndPoint ? ProtocolType.Tcp : ProtocolType.Unspecified);
}
