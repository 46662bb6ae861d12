using System.Net;
using TacHost.Services.Networking.Datagrams;
using TacHost.Services.Networking.Listening;

namespace TacHost.Services.Networking;

/// <summary>A service that binds datagram sockets and passes received datagrams to a protocol.</summary>
/// <remarks>
/// Binds in the privileged part of its start, so that it can bind a port below 1024 before the privileges are dropped. Receives only after the start.
/// </remarks>
public abstract class DatagramServer : Service, IListeningService
{
    private readonly DatagramProtocol _protocol;
    private readonly Lock _calling = new();
    private List<DatagramTransport> _sockets = [];
    private bool _protocolStarted;
    private SocketExchange? _exchange;

    private protected DatagramServer(DatagramProtocol protocol)
    {
        ArgumentNullException.ThrowIfNull(protocol);
        _protocol = protocol;
    }

    /// <summary>Gets the bound addresses, with the port that the system chose for port 0. Empty if no socket is bound.</summary>
    public virtual IReadOnlyList<EndPoint> LocalAddresses => [.. _sockets.Select(socket => socket.Local)];

    /// <summary>Binds the sockets, and adds each as soon as it is bound.</summary>
    private protected abstract Task BindAsync(Action<DatagramSocket> add, CancellationToken cancellationToken);

    /// <inheritdoc/>
    protected sealed override Task OnPrivilegedStartAsync(CancellationToken cancellationToken)
    {
        _exchange = Application?.ListeningSockets.ExchangeOf(ServicePath);
        var logger = LoggerNamed(TypeName.Of(_protocol.GetType()));
        return BindAsync(socket => _sockets.Add(new DatagramTransport(socket, _protocol, _calling, logger)), cancellationToken);
    }

    /// <inheritdoc/>
    protected sealed override Task OnStartAsync(CancellationToken cancellationToken)
    {
        _protocolStarted = true;
        lock (_calling)
            _protocol.Start(_sockets.Count == 1 ? _sockets[0] : new DatagramTransports(_sockets), LoggerNamed(TypeName.Of(_protocol.GetType())));
        foreach (var socket in _sockets)
        {
            if (_exchange is not null)
                _exchange.Defer(socket.Start);
            else
                socket.Start();
        }

        _exchange = null;
        NetworkingLog.FactoryStarting(Logger, TypeName.Of(_protocol.GetType()), string.Join(" and ", _sockets.Select(socket => socket.Local)));
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    protected sealed override async Task OnStopAsync(CancellationToken cancellationToken)
    {
        var sockets = _sockets;
        await Task.WhenAll(sockets.Select(socket => socket.LeaveAsync())).WaitAsync(cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        foreach (var title in sockets.Where(socket => !IsKept(socket)).Select(socket => socket.Local is IPEndPoint ip ? $"UDP Port {ip.Port}" : $"UNIX Datagram Port {socket.Local}").Distinct())
            NetworkingLog.PortClosed(Logger, title);
        _sockets = [];
        if (_protocolStarted)
        {
            _protocolStarted = false;
            _protocol.Stop();
        }
    }

    /// <summary>Retains the socket for the next start of the service or for its new owner, or closes it.</summary>
    private bool IsKept(DatagramTransport transport)
    {
        var socket = transport.Bound;
        var sockets = Application?.ListeningSockets;
        if (!socket.Leave(transport) || sockets?.IsReserved(socket) == true || sockets?.TryRetain(socket) == true)
            return true;
        socket.Close();
        sockets?.Remove(socket);
        return false;
    }
}
