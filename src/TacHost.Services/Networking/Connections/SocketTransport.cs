using System.Net;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using Microsoft.Extensions.Logging;
using TacHost.Services.Networking.Listening;

namespace TacHost.Services.Networking.Connections;

/// <summary>One stream connection: sends at once what the kernel takes, queues the rest, and closes without cutting anything off.</summary>
internal partial class SocketTransport : ITransport, IConnection
{
    /// <summary>Also the lock around what changes: nobody else has it, and an object for that alone would be in memory once for each connection.</summary>
    private readonly StreamSocket _socket;
    private readonly IConnectionOwner _owner;
    private readonly ConnectionEnds? _ends;
    private Protocol? _protocol;
    private ILogger? _logger;
    private bool _open;
    private bool _losing;
    private bool _closed;
    private Exception? _reason;

    /// <summary>Whether the protocol has had its last callback.</summary>
    private bool _isOver;

    /// <param name="socket">The connection; this transport's from now on.</param>
    /// <param name="owner">Who accepted or made it.</param>
    /// <param name="ends">Who really talks to whom, if somebody in between has said so.</param>
    public SocketTransport(StreamSocket socket, IConnectionOwner owner, ConnectionEnds? ends = null)
    {
        (_socket, _owner, _ends) = (socket, owner, ends);

        // Asking the socket costs a system call, and is not possible any more when the connection is lost.
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

    /// <summary>What has ended the connection, or null if it was closed in good order; once it is lost.</summary>
    public Exception? Reason => _reason;

    /// <summary>Its place among the connections that the listener's limits allow, given back when it is closed; null without limits.</summary>
    public ConnectionPermit? Permit { get; init; }

    /// <summary>Runs the life of the connection: the first callback on this thread, and if it goes on after that, the others on the pool.</summary>
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
            TellLost();
            return;
        }

        NoteActivity();
        _owner.Keep(this);
        StartReading();
    }

    /// <summary>Whether an exception says that the connection is gone, or was no good.</summary>
    internal static bool IsLoss(Exception e) =>
        e is SocketException or ObjectDisposedException or IOException or AuthenticationException or InvalidOperationException;

    /// <summary>From here on a full kernel buffer is an answer, not a wait.</summary>
    protected static StreamSocket NonBlocking(StreamSocket socket)
    {
        socket.ManagedSocket.Blocking = false;
        return socket;
    }

    /// <summary>Waits, without a buffer, until there is something to take.</summary>
    protected virtual ValueTask<int> WaitForDataAsync() => _socket.ManagedSocket.ReceiveAsync(Memory<byte>.Empty, SocketFlags.None);

    /// <summary>Takes what has come, without waiting.</summary>
    protected virtual int ReceiveNow(Span<byte> buffer, out SocketError error) => _socket.ReceiveNow(buffer, out error);

    /// <summary>Sends what can be sent without waiting. Called with the lock held.</summary>
    protected virtual int SendNow(ReadOnlySpan<byte> data, out SocketError error) => _socket.SendNow(data, out error);

    /// <summary>Sends, waiting for the peer to take it.</summary>
    protected virtual ValueTask<int> SendAsync(ReadOnlyMemory<byte> data) => _socket.ManagedSocket.SendAsync(data, SocketFlags.None);

    /// <summary>What is to be said after the last byte of the protocol and before the socket is shut. Called once at most.</summary>
    protected virtual Task SendCloseNotifyAsync() => Task.CompletedTask;

    /// <summary>Lets go of what the connection took, once nothing is received any more.</summary>
    protected virtual void Release()
    {
    }

    private void TellLost()
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

    /// <summary>The boundary around one connection: what its protocol throws ends it, and no other.</summary>
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

    /// <remarks>Apart from <see cref="Call"/>, where what the lambda needs would be made for every callback.</remarks>
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
