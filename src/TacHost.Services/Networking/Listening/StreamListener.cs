using System.Net;
using Microsoft.Extensions.Logging;
using TacHost.Services.Networking.Connections;

namespace TacHost.Services.Networking.Listening;

/// <summary>A listener for stream connections. Serves the connections of an <see cref="Acceptor"/> and keeps those that stay open after their first callback.</summary>
/// <remarks>
/// Accepting and sending on the same thread costs 22 µs of CPU for each short connection
/// (docs/adr/0003). <c>AcceptAsync</c> costs 36 µs, and a program in C 20 µs.
/// Therefore, the listener uses a thread, and <c>ConnectionMade</c> must not block.
/// </remarks>
internal sealed partial class StreamListener : IConnectionOwner, IAcceptorOwner
{
    /// <summary>The interval in which a stop looks for peers that do not complete a message.</summary>
    private static readonly TimeSpan _betweenChecks = TimeSpan.FromSeconds(1);

    private readonly Acceptor _acceptor;
    private readonly ListenerSettings _settings;
    private readonly SocketExchange? _exchange;
    private readonly Lock _gate = new();
    private readonly ConnectionList _connections = new();
    private readonly CancellationTokenSource _stop = new();
    private volatile bool _isClosing;
    private TaskCompletionSource? _drained;
    private Timer? _idleCheck;
    private bool _handshakeFailed;

    public StreamListener(ListeningSocket socket, ListenerSettings settings)
        : this(new Acceptor(socket), settings)
    {
    }

    private StreamListener(Acceptor acceptor, ListenerSettings settings) =>
        (_acceptor, _settings, _exchange) = (acceptor, settings, settings.Application?.ListeningSockets.ExchangeOf(settings.ServicePath));

    public EndPoint EndPoint => _acceptor.Socket.EndPoint;

    public ListenerSettings Settings => _settings;

    /// <inheritdoc/>
    public ILogger Logger => _settings.Logger;

    /// <inheritdoc/>
    public bool NeedsManagedSocket => _settings.NeedsManagedSocket;

    /// <inheritdoc/>
    public EndPoint? LocalEndPoint => EndPoint is IPEndPoint { Address: var address } && (address.Equals(IPAddress.Any) || address.Equals(IPAddress.IPv6Any)) ? null : EndPoint;

    /// <inheritdoc cref="ListeningSocket.Title"/>
    public string Title => _acceptor.Socket.Title;

    /// <summary>Gets whether the socket stays open after this listener is closed: for the next start of the service, or for a new service.</summary>
    public bool IsSocketRetained { get; private set; }

    /// <inheritdoc/>
    public ConnectionCounts? Counts => _settings.Counts;

    /// <inheritdoc/>
    public bool IsClosing => _isClosing;

    /// <inheritdoc/>
    public CancellationToken StoppingToken => _stop.Token;

    public IReadOnlyList<string> OpenConnections => [.. Open().Select(connection => connection.Describe())];

    /// <inheritdoc/>
    public TimeSpan? IdleTimeout => _settings.IdleTimeout;

    /// <inheritdoc/>
    public SocketPoller? Poller => SocketPoller.Shared;

    /// <summary>Creates a listener on a kept socket, on one of systemd, or on a new one.</summary>
    /// <param name="name">The name of the socket; see <see cref="IRetainedSocket.Name"/>.</param>
    /// <param name="address">The address to bind.</param>
    /// <param name="settings">The settings of the listener.</param>
    /// <param name="listenAsync">Creates the new socket.</param>
    public static async Task<StreamListener> ListenAsync(string name, EndPoint? address, ListenerSettings settings, Func<Task<ListeningSocket>> listenAsync)
    {
        var sockets = settings.Application?.ListeningSockets;
        if (sockets?.TryTake<Acceptor>(name, settings.ServicePath) is { } kept)
            return new StreamListener(kept, settings);
        Acceptor acceptor = new(ActivatedSocket.FindListening(address, name, settings.ServicePath, settings.Application) ?? await listenAsync(), name, settings.ServicePath);
        sockets?.Add(acceptor);
        return new StreamListener(acceptor, settings);
    }

    /// <summary>Begins to accept: now, or with the commit of the replacement that adds the service.</summary>
    public void Start()
    {
        if (IdleTimeout is { } timeout)
            _idleCheck = new Timer(_ => CloseIdle(timeout), null, timeout / 4, timeout / 4);
        if (_exchange is not null)
            _exchange.Defer(() => _acceptor.SetOwner(this));
        else
            _acceptor.SetOwner(this);
    }

    /// <summary>Closes the port after accepting the connections that the kernel has completed. Completes when no connection is accepted any more.</summary>
    /// <remarks>While the service is restarted or replaced, the port stays open, and clients wait in its backlog or are accepted by the new service.</remarks>
    public async Task CloseAsync()
    {
        var sockets = _settings.Application?.ListeningSockets;
        var stays = sockets is not null && (sockets.WouldRetain(_acceptor) || sockets.IsReserved(_acceptor));
        if (!stays)
        {
            IsSocketRetained = !await _acceptor.CloseAsync(this);
            _isClosing = true;
        }
        else
        {
            _isClosing = true;
            IsSocketRetained = !await _acceptor.LeaveAsync(this) || sockets!.IsReserved(_acceptor) || sockets.TryRetain(_acceptor);
            if (!IsSocketRetained)
                _acceptor.Close();
        }

        if (!IsSocketRetained)
            sockets?.Remove(_acceptor);
    }

    /// <summary>Waits for the open connections to end. Aborts the remaining ones when the token is cancelled.</summary>
    public async Task DrainAsync(CancellationToken cancellationToken)
    {
        await WaitForConnectionsAsync(cancellationToken);
        if (_idleCheck is not null)
            await _idleCheck.DisposeAsync();
    }

    /// <inheritdoc/>
    public void Add(IConnection connection)
    {
        lock (_gate)
            _connections.Add(connection);
        if (_stop.IsCancellationRequested)
            connection.BeginStop();
    }

    /// <inheritdoc/>
    public void Remove(IConnection connection)
    {
        lock (_gate)
        {
            _connections.Remove(connection);
            if (_connections.Count == 0)
                _drained?.TrySetResult();
        }
    }

    /// <summary>Assigns a protocol to a connection and runs its first callback.</summary>
    public void Serve(SocketTransport transport)
    {
        Protocol? protocol;
        try
        {
            protocol = _settings.Factory!.BuildProtocol(transport.Peer);
        }
        catch (Exception e)
        {
            // The error boundary of one connection: other connections must not be affected.
            BuildingFailed(e, transport.Peer);
            protocol = null;
        }

        if (protocol is null)
            transport.AbortConnection();
        else
            transport.Open(protocol, _settings.Factory!.Logger);
    }

    /// <summary>Logs a failed handshake: the first at Warning, later ones at Debug, because a wrong configuration makes all of them fail.</summary>
    public void HandshakeFailed(Exception failure)
    {
        Counts?.CountRefused();
        var level = Interlocked.Exchange(ref _handshakeFailed, true) ? LogLevel.Debug : LogLevel.Warning;
        if (!_settings.Logger.IsEnabled(level))
            return;
        var reason = failure is OperationCanceledException ? IsClosing ? "the server was stopped." : $"it took longer than {_settings.HandshakeTimeout.TotalSeconds:0.###} s." : failure.Message;
        NetworkingLog.HandshakeFailed(_settings.Logger, level, EndPoint, reason);
    }

    /// <remarks>A separate method, because the lambda in <see cref="Serve"/> would allocate a closure for every connection.</remarks>
    private void BuildingFailed(Exception failure, EndPoint peer) =>
        NetworkingLog.Attempt(() => NetworkingLog.ProtocolThrew(_settings.Factory!.Logger, failure, peer.ToString()!, TypeName.Of(_settings.Factory!.GetType())));

    private void CloseIdle(TimeSpan timeout)
    {
        var since = Environment.TickCount64 - (long)timeout.TotalMilliseconds;
        foreach (var connection in Open())
            connection.CloseIfIdleSince(since);
    }

    private IConnection[] Open()
    {
        lock (_gate)
            return _connections.ToArray();
    }

    private async Task WaitForConnectionsAsync(CancellationToken cancellationToken)
    {
        // On the pool, because a registered callback of a protocol may block.
        _ = _stop.CancelAsync();
        IConnection[] open;
        TaskCompletionSource drained = new(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (_gate)
        {
            if (_connections.Count == 0)
                return;
            open = _connections.ToArray();
            _drained = drained;
        }

        foreach (var connection in open)
        {
            connection.ShortenLinger();
            connection.BeginStop();
        }

        await using var abort = cancellationToken.Register(AbortAll);
        while (true)
        {
            await drained.Task.WaitAsync(_betweenChecks, CancellationToken.None).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (drained.Task.IsCompleted)
                return;
            foreach (var connection in Open())
                connection.CheckSilence();
        }
    }

    private void AbortAll()
    {
        var open = Open();
        if (open.Length > 0)
            NetworkingLog.ConnectionsAborted(_settings.Logger, open.Length, EndPoint.ToString()!);
        foreach (var connection in open)
            connection.AbortConnection();
    }
}
