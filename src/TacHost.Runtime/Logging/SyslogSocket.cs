using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using TacHost.Services.Networking;

namespace TacHost.Logging;

/// <summary>The connection to a syslog daemon, opened on demand and closed after an error.</summary>
internal sealed class SyslogSocket(SyslogTarget target) : IDisposable
{
    private static readonly TimeSpan _longestAttempt = TimeSpan.FromSeconds(5);

    private Socket? _socket;
    private IPAddress[] _addresses = [];

    /// <summary>Sends a message. After an exception, the message counts as not sent, and can be sent again.</summary>
    /// <exception cref="SocketException">The message cannot be sent.</exception>
    /// <exception cref="OperationCanceledException">The timeout has elapsed.</exception>
    public async Task SendAsync(byte[] message, CancellationToken cancellationToken)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(_longestAttempt);
        try
        {
            if (_socket is { SocketType: SocketType.Stream } open && IsClosedByPeer(open))
                Close();
            _socket ??= await ConnectAsync(limit.Token);
            var framed = Framed(message, _socket.SocketType);
            for (var sent = 0; sent < framed.Length;)
                sent += await _socket.SendAsync(framed.AsMemory(sent), limit.Token);
        }
        catch
        {
            Close();
            throw;
        }
    }

    /// <summary>Connects before the first message, because names and paths may be unreachable later, such as after chroot(2).</summary>
    /// <exception cref="SocketException">The daemon cannot be reached.</exception>
    /// <exception cref="OperationCanceledException">The operation was cancelled.</exception>
    public async Task ConnectAheadAsync(CancellationToken cancellationToken) => _socket ??= await ConnectAsync(cancellationToken);

    public void Dispose() => Close();

    private async Task<Socket> ConnectAsync(CancellationToken cancellationToken)
    {
        if (target.Transport == SyslogTransport.Local)
        {
            var path = new UnixDomainSocketEndPoint(target.Address);
            try
            {
                return await ConnectAsync(new Socket(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified), path, cancellationToken);
            }
            catch (SocketException e) when (e.SocketErrorCode == SocketError.ProtocolType)
            {
                return await ConnectAsync(new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified), path, cancellationToken);
            }
        }

        await ResolveAsync(cancellationToken);
        for (var i = 0; ; i++)
        {
            var address = _addresses[i];
            var socket = target.Transport == SyslogTransport.Udp
                ? new Socket(address.AddressFamily, SocketType.Dgram, ProtocolType.Udp)
                : new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
            try
            {
                return await ConnectAsync(socket, new IPEndPoint(address, target.Port), cancellationToken);
            }
            catch (SocketException) when (i + 1 < _addresses.Length)
            {
                // Try the next address.
            }
        }
    }

    private static async Task<Socket> ConnectAsync(Socket socket, EndPoint peer, CancellationToken cancellationToken)
    {
        try
        {
            await socket.ConnectAsync(peer, cancellationToken);
            return socket;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    /// <summary>Resolves the name. If the lookup fails, the previous addresses stay in use.</summary>
    private async Task ResolveAsync(CancellationToken cancellationToken)
    {
        try
        {
            _addresses = await HostNameResolver.ResolveAsync(target.Address, cancellationToken);
        }
        catch (SocketException) when (_addresses.Length > 0)
        {
            // The resolver is unreachable, such as after chroot(2).
        }
    }

    /// <summary>
    /// Returns true if the receiver has closed the connection. Receivers never send data,
    /// so a readable socket is closed. Later messages would be lost without an error.
    /// </summary>
    private static bool IsClosedByPeer(Socket socket) => socket.Poll(0, SelectMode.SelectRead) && socket.Available == 0;

    private byte[] Framed(byte[] message, SocketType type) => (target.Transport, type) switch
    {
        (SyslogTransport.Tcp, _) => [.. Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{message.Length} ")), .. message],
        (SyslogTransport.Local, SocketType.Stream) => [.. message, 0], // the terminator of syslog(3)
        _ => message,
    };

    private void Close()
    {
        _socket?.Dispose();
        _socket = null;
    }
}
