using System.Net;
using Microsoft.Extensions.Logging;
using TacHost.Services.Networking.Connections;

namespace TacHost.Services.Networking.Listening;

/// <summary>One listening stream socket: accepts on a thread of its own and keeps the connections that outlive their first callback.</summary>
/// <remarks>
/// A blocking accept and a send from the same thread cost 22 µs of CPU for each short connection, against 36 µs with
/// <c>AcceptAsync</c> and 20 µs in C (docs/adr/0003); hence the thread, and hence the rule that <c>ConnectionMade</c> must not block.
/// </remarks>
internal sealed partial class StreamListener : IConnectionOwner
{
    private static readonly TimeSpan _longestBacklogDrain = TimeSpan.FromMilliseconds(500);

    private readonly ListeningSocket _socket;
    private readonly ListenerSettings _settings;
    private readonly Lock _gate = new();
    private readonly ConnectionList _connections = new();
    private readonly TaskCompletionSource _accepting = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly ManualResetEventSlim _closing = new();
    private TaskCompletionSource? _drained;
    private bool _started;
    private Timer? _idleCheck;
    private SocketPoller? _poller;
    private bool _handshakeFailed;

    public StreamListener(ListeningSocket socket, ListenerSettings settings) => (_socket, _settings) = (socket, settings);

    /// <summary>The address that was bound.</summary>
    public EndPoint EndPoint => _socket.EndPoint;

    /// <summary>What it was made with.</summary>
    public ListenerSettings Settings => _settings;

    /// <inheritdoc/>
    public EndPoint? LocalEndPoint => EndPoint is IPEndPoint { Address: var address } && (address.Equals(IPAddress.Any) || address.Equals(IPAddress.IPv6Any)) ? null : EndPoint;

    /// <inheritdoc cref="ListeningSocket.Title"/>
    public string Title => _socket.Title;

    /// <inheritdoc/>
    public ConnectionCounts? Counts => _settings.Counts;

    /// <inheritdoc/>
    public bool IsClosing => _closing.IsSet;

    /// <inheritdoc/>
    public TimeSpan? IdleTimeout => _settings.IdleTimeout;

    /// <inheritdoc/>
    public SocketPoller? Poller
    {
        get
        {
            // Only for connections that go on after their first callback; for those, also once the port is closed.
            lock (_gate)
                return _poller ??= SocketPoller.TryStart($"poller {EndPoint}");
        }
    }

    /// <summary>Begins to accept.</summary>
    public void Start()
    {
        _started = true;
        if (IdleTimeout is { } timeout)
            _idleCheck = new Timer(_ => EndIdle(timeout), null, timeout / 4, timeout / 4);
        new Thread(Accept) { IsBackground = true, Name = $"accept {EndPoint}" }.Start();
    }

    /// <summary>Closes the port, after accepting what the kernel had completed by now, and ends when nothing is accepted any more.</summary>
    public async Task CloseAsync()
    {
        _socket.Unlink();
        if (_started)
        {
            // Closing the socket resets every connection in its backlog. The accepting thread empties that; a port under
            // constant load never gets quite empty, hence the limit.
            using var limit = new CancellationTokenSource(_longestBacklogDrain);
            while (!limit.IsCancellationRequested && _socket.HasBacklog())
                await Task.Yield();
        }

        _closing.Set();
        _socket.Close();
        if (_started)
            await _accepting.Task;
    }

    /// <summary>Waits for the open connections to end; aborts those that have not when the token is cancelled.</summary>
    public async Task DrainAsync(CancellationToken cancellationToken)
    {
        await WaitForConnectionsAsync(cancellationToken);
        if (_idleCheck is not null)
            await _idleCheck.DisposeAsync();
        if (_poller is not null)
            await _poller.EndAsync();
    }

    /// <inheritdoc/>
    public void Keep(IConnection connection)
    {
        lock (_gate)
            _connections.Add(connection);
    }

    /// <inheritdoc/>
    public void Release(IConnection connection)
    {
        lock (_gate)
        {
            _connections.Remove(connection);
            if (_connections.Count == 0)
                _drained?.TrySetResult();
        }
    }

    /// <summary>Gives a connection its protocol, and runs its first callback.</summary>
    public void Serve(SocketTransport transport)
    {
        Protocol? protocol;
        try
        {
            protocol = _settings.Factory.BuildProtocol(transport.Peer);
        }
        catch (Exception e)
        {
            // The boundary around one connection: others must not notice.
            BuildingFailed(e, transport.Peer);
            protocol = null;
        }

        if (protocol is null)
            transport.AbortConnection();
        else
            transport.Open(protocol, _settings.Factory.Logger);
    }

    /// <summary>Tells of a connection that ended before it had a protocol; loudly once, since with a wrong configuration all do.</summary>
    public void HandshakeFailed(Exception failure)
    {
        Counts?.CountRefused();
        var level = Interlocked.Exchange(ref _handshakeFailed, true) ? LogLevel.Debug : LogLevel.Warning;
        if (!_settings.Logger.IsEnabled(level))
            return;
        var reason = failure is OperationCanceledException ? $"it took longer than {_settings.HandshakeTimeout.TotalSeconds:0.###} s." : failure.Message;
        NetworkingLog.HandshakeFailed(_settings.Logger, level, EndPoint, reason);
    }

    /// <remarks>Apart from <see cref="Serve"/>, where what the lambda needs would be made for every connection.</remarks>
    private void BuildingFailed(Exception failure, EndPoint peer) =>
        NetworkingLog.Attempt(() => NetworkingLog.ProtocolThrew(_settings.Factory.Logger, failure, peer.ToString()!, TypeName.Of(_settings.Factory.GetType())));

    /// <summary>Ends the connections on which nothing has happened for too long.</summary>
    private void EndIdle(TimeSpan timeout)
    {
        IConnection[] open;
        lock (_gate)
            open = _connections.ToArray();
        var since = Environment.TickCount64 - (long)timeout.TotalMilliseconds;
        foreach (var connection in open)
            connection.CloseIfIdleSince(since);
    }

    private async Task WaitForConnectionsAsync(CancellationToken cancellationToken)
    {
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
            connection.ShortenLinger();
        await using var abort = cancellationToken.Register(AbortAll);
        await drained.Task;
    }

    private void AbortAll()
    {
        IConnection[] open;
        lock (_gate)
            open = _connections.ToArray();
        if (open.Length > 0)
            NetworkingLog.ConnectionsAborted(_settings.Logger, open.Length, EndPoint.ToString()!);
        foreach (var connection in open)
            connection.AbortConnection();
    }
}
