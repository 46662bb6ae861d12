using System.Net;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using Microsoft.Extensions.Logging;
using TacHost.Services.Networking.Listening;

namespace TacHost.Services.Networking.Connections;

/// <summary>The transport of one stream connection. Sends immediately what the kernel accepts, queues the rest, and closes without loss of data.</summary>
internal partial class SocketTransport : ITransport, IConnection
{
    /// <summary>Also used as the lock, to save one object per connection. Never exposed.</summary>
    private readonly StreamSocket _socket;
    private readonly IConnectionOwner _owner;
    private readonly ConnectionEnds? _ends;
    private Protocol? _protocol;
    private ILogger? _logger;
    private bool _open;
    private bool _losing;
    private bool _closed;
    private Exception? _reason;

    /// <summary>Gets whether the protocol has received its last callback.</summary>
    private bool _isOver;

    /// <param name="socket">The connection. The transport becomes its owner.</param>
    /// <param name="owner">The listener or client of the connection.</param>
    /// <param name="ends">The original addresses, if a proxy sent them.</param>
    public SocketTransport(StreamSocket socket, IConnectionOwner owner, ConnectionEnds? ends = null)
    {
        (_socket, _owner, _ends) = (socket, owner, ends);

        // Queried now, because the query costs a system call and fails after the connection is lost.
        Local = ends?.Local ?? owner.LocalEndPoint ?? socket.Local;
        owner.Counts?.CountOpened();
    }

    /// <inheritdoc/>
    public IConnection? Previous { get; set; }

    /// <inheritdoc/>
    public IConnection? Next { get; set; }

    public EndPoint Local { get; }

    /// <inheritdoc/>
    public virtual X509Certificate2? PeerCertificate => null;

    public EndPoint Peer => _ends?.Peer ?? _socket.Peer;

    /// <summary>Gets the cause of the end, or null if the connection was closed gracefully. Valid after the connection is lost.</summary>
    public Exception? Reason => _reason;

    /// <summary>Gets the permit of the connection, which is released on close; null without limits.</summary>
    public ConnectionPermit? Permit { get; init; }

    /// <summary>Runs the connection: the first callback on this thread, and all others on the thread pool if the connection stays open.</summary>
    public void Open(Protocol protocol, ILogger logger)
    {
        (_protocol, _logger) = (protocol, logger);
        if (logger.IsEnabled(LogLevel.Debug))
            LogOpened();
        CallBack(static transport => transport._protocol!.MakeConnection(transport, transport._logger!));
        lock (_socket)
        {
            if (!_closed && CanCloseAtOnce)
                CloseSocket();
            _open = !_closed;
            if (_open && _losing && _queueSent is null)
                BeginLinger();
            else if (_open && _writeLosing && _queueSent is null)
                EndWriting();
        }

        if (!_open)
        {
            NotifyLost();
            return;
        }

        NoteActivity();
        _owner.Add(this);
        StartReading();
    }

    /// <summary>Returns whether an exception means that the connection is lost or was invalid.</summary>
    internal static bool IsLoss(Exception e) =>
        e is SocketException or ObjectDisposedException or IOException or AuthenticationException or InvalidOperationException;

    /// <summary>Sets a socket to non-blocking mode, so that a send to a full kernel buffer returns at once.</summary>
    protected static StreamSocket NonBlocking(StreamSocket socket)
    {
        socket.ManagedSocket.Blocking = false;
        return socket;
    }

    /// <summary>Waits without a buffer until data is available.</summary>
    protected virtual ValueTask<int> WaitForDataAsync() => _socket.ManagedSocket.ReceiveAsync(Memory<byte>.Empty, SocketFlags.None);

    /// <summary>Receives the available data without waiting.</summary>
    protected virtual int ReceiveNow(Span<byte> buffer, out SocketError error) => _socket.ReceiveNow(buffer, out error);

    /// <summary>Sends as much as possible without waiting. Called with the lock held.</summary>
    protected virtual int TrySend(ReadOnlySpan<byte> data, out SocketError error) => _socket.TrySend(data, out error);

    /// <summary>Sends data, and waits until the kernel accepts it.</summary>
    protected virtual ValueTask<int> SendAsync(ReadOnlyMemory<byte> data) => _socket.ManagedSocket.SendAsync(data, SocketFlags.None);

    /// <summary>Sends the close notification of the protocol layer, after the last byte and before the shutdown of the socket. Called at most once.</summary>
    protected virtual Task SendCloseNotifyAsync() => Task.CompletedTask;

    /// <summary>Releases the resources of the connection after nothing more is received.</summary>
    protected virtual void Release()
    {
    }

    private void NotifyLost()
    {
        StopProducer();
        CallBack(static transport =>
        {
            transport._isOver = true;
            transport._protocol!.LoseConnection(transport._reason);
        });
        if (_logger!.IsEnabled(LogLevel.Debug))
            LogLost();
    }

    private void LogOpened() => NetworkingLog.Attempt(() => NetworkingLog.ConnectionOpened(_logger!, Peer, Local));

    private void LogLost() => NetworkingLog.Attempt(() =>
    {
        if (_reason is { } reason)
            NetworkingLog.ConnectionLost(_logger!, Peer, reason.Message);
        else
            NetworkingLog.ConnectionClosed(_logger!, Peer);
    });

    /// <summary>Makes a callback of the protocol. They must not overlap, and the stop of the server comes from another thread than the reader's.</summary>
    private void CallBack(Action<SocketTransport> callback)
    {
        lock (_protocol!)
            Call(callback);
    }

    /// <summary>Runs a callback. An exception in the callback ends only this connection.</summary>
    private void Call(Action<SocketTransport> callback)
    {
        try
        {
            callback(this);
        }
        catch (Exception e)
        {
            EndAfter(e);
        }
    }

    /// <remarks>A separate method, because the lambda in <see cref="Call"/> would allocate a closure for every callback.</remarks>
    private void EndAfter(Exception e)
    {
        NetworkingLog.Attempt(() => NetworkingLog.ProtocolThrew(_logger!, e, Peer.ToString()!, TypeName.Of(_protocol!.GetType())));
        lock (_socket)
        {
            if (!_closed)
                Abort(e);
        }
    }
}
