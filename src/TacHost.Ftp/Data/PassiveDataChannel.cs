using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Logging;
using TacHost.Services.Networking;

namespace TacHost.Ftp.Data;

/// <summary>A data channel that listens on its own port and accepts connections from the client's address only.</summary>
internal sealed class PassiveDataChannel : DataChannel
{
    private const int Backlog = 16;

    private readonly Socket _listener;
    private readonly IPEndPoint _peer;
    private readonly ILogger _logger;
    private readonly LogLimit _lines;

    private PassiveDataChannel(Socket listener, IPEndPoint peer, ILogger logger, LogLimit lines)
    {
        (_listener, _peer, _logger, _lines) = (listener, peer, logger, lines);
        Port = ((IPEndPoint)listener.LocalEndPoint!).Port;
    }

    public int Port { get; }

    /// <summary>Listens on a free port, or returns null if all ports are in use.</summary>
    /// <param name="local">The local address of the control connection.</param>
    /// <param name="ports">The range of permitted ports, or null for any port.</param>
    /// <param name="peer">The client.</param>
    /// <param name="logger">The logger for refused connections.</param>
    /// <param name="lines">The rate limit of log lines about refused connections.</param>
    public static PassiveDataChannel? TryListen(IPAddress local, PortRange? ports, IPEndPoint peer, ILogger logger, LogLimit lines)
    {
        if (ports is not { } range)
            return TryBind(local, 0) is { } any ? new PassiveDataChannel(any, peer, logger, lines) : null;

        // A random first port is harder to guess for an attacker.
        var first = Random.Shared.Next(range.Count);
        for (var i = 0; i < range.Count; i++)
        {
            if (TryBind(local, range.First + ((first + i) % range.Count)) is { } listener)
                return new PassiveDataChannel(listener, peer, logger, lines);
        }

        return null;
    }

    public override async Task<Socket> ConnectAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            var socket = await _listener.AcceptAsync(cancellationToken);
            var stranger = socket.RemoteEndPoint as IPEndPoint;
            if (stranger?.Address.Equals(_peer.Address) == true)
            {
                socket.NoDelay = true;
                return socket;
            }

            _lines.Write(more => FtpLog.StrangerRefused(_logger, _peer, stranger, more));
            socket.Close(0);
        }
    }

    public override void Dispose() => _listener.Dispose();

    private static Socket? TryBind(IPAddress local, int port)
    {
        Socket socket = new(local.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            socket.Bind(new IPEndPoint(local, port));
            socket.Listen(Backlog);
            return socket;
        }
        catch (SocketException)
        {
            socket.Dispose();
            return null;
        }
    }
}
