using System.Net.Sockets;

namespace TacHost.Services.Networking.Connections;

internal partial class SocketTransport
{
    /// <summary>
    /// The initial window of TCP: ten segments (RFC 6928). The kernel transmits up to that at once, so the socket can be closed immediately.
    /// After more data, a byte that the peer sends after the close would make the kernel discard unsent data. Therefore, the close lingers.
    /// </summary>
    private const long InitialWindow = 14_600;

    /// <summary>The maximum time that a peer may keep its side open after everything was sent; nginx's lingering_timeout.</summary>
    private static readonly TimeSpan _longestLinger = TimeSpan.FromSeconds(5);

    /// <summary>The same maximum while the listener is stopping and waits for the connection.</summary>
    private static readonly TimeSpan _longestLingerAtStop = TimeSpan.FromSeconds(1);

    private const long MillisecondsInASecond = 1_000;

    private Timer? _linger;
    private bool _writeLosing;
    private bool _closeNotifySent;
    private long _lastActivity;

    /// <summary>Gets whether the socket can be closed directly after the first callback; see <see cref="InitialWindow"/>.</summary>
    protected virtual bool CanCloseAtOnce => _losing && _queueSent is null && _sent <= InitialWindow && !_socket.HasUnread;

    public void LoseConnection()
    {
        lock (_socket)
        {
            if (_losing || _closed)
                return;
            _losing = true;
            ResumeReader();
            _ended?.TrySetResult();
            if (_open && _queueSent is null)
                BeginLinger();
        }
    }

    public void LoseWriteConnection()
    {
        lock (_socket)
        {
            if (_writeLosing || _losing || _closed)
                return;
            _writeLosing = true;
            if (_open && _queueSent is null)
                EndWriting();
        }
    }

    public void AbortConnection()
    {
        lock (_socket)
        {
            if (!_closed)
                Abort(new SocketException((int)SocketError.ConnectionAborted));
        }
    }

    public CancellationToken StoppingToken => _owner.StoppingToken;

    /// <inheritdoc/>
    public void BeginStop() => Queue(static protocol => protocol.BeginStop());

    /// <inheritdoc/>
    public void CheckSilence() => Queue(static protocol => protocol.CheckSilence());

    /// <inheritdoc/>
    public string Describe() => $"{Peer}, idle for {Math.Max(0, Environment.TickCount64 - Volatile.Read(ref _lastActivity)) / MillisecondsInASecond} s";

    /// <inheritdoc/>
    public void ShortenLinger()
    {
        lock (_socket)
        {
            if (!_closed)
                _linger?.Change(_longestLingerAtStop, Timeout.InfiniteTimeSpan);
        }
    }

    /// <inheritdoc/>
    public void CloseIfIdleSince(long time)
    {
        lock (_socket)
        {
            if (_closed || _linger is not null || Volatile.Read(ref _lastActivity) > time)
                return;
            TimeoutException idle = new($"Nothing was sent or received on the connection with {Peer} for {_owner.IdleTimeout!.Value.TotalSeconds:0.###} s.");
            _reason ??= idle;
            if (_queueSent is not null || _losing)
                Abort(idle);
        }

        LoseConnection();
    }

    private void StopLingering()
    {
        lock (_socket)
        {
            if (!_closed)
                CloseSocket();
        }
    }

    private void NoteActivity() => Volatile.Write(ref _lastActivity, Environment.TickCount64);

    /// <summary>Calls the protocol on the thread pool, unless its connection is being closed.</summary>
    private void Queue(Action<Protocol> notify) => ThreadPool.UnsafeQueueUserWorkItem(
        static call => call.Transport.CallBack(transport =>
        {
            if (!transport._isOver && !transport._losing)
                call.Notify(transport._protocol!);
        }),
        (Transport: this, Notify: notify),
        preferLocal: false);

    private async Task FinishSendingAsync()
    {
        Task sent;
        lock (_socket)
        {
            _losing = true;
            sent = _queueSent?.Task ?? Task.CompletedTask;
        }

        await sent;
    }

    /// <summary>Half-closes the connection and continues to receive. Called with the lock held.</summary>
    private void EndWriting()
    {
        var goodbye = SendCloseNotifyOnceAsync();
        if (goodbye.IsCompleted)
            _socket.ShutdownWrite();
        else
            _ = goodbye.ContinueWith(_ => _socket.ShutdownWrite(), TaskScheduler.Default);
    }

    /// <summary>Half-closes the connection and waits a limited time for the peer to close; see <see cref="InitialWindow"/>.</summary>
    private void BeginLinger()
    {
        var goodbye = SendCloseNotifyOnceAsync();
        if (goodbye.IsCompleted)
            Linger();
        else
            _ = LingerAfterAsync(goodbye);
    }

    private async Task LingerAfterAsync(Task goodbye)
    {
        await goodbye.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        lock (_socket)
        {
            if (!_closed)
                Linger();
        }
    }

    private Task SendCloseNotifyOnceAsync()
    {
        lock (_socket)
        {
            if (_closeNotifySent)
                return Task.CompletedTask;
            _closeNotifySent = true;
            return SendCloseNotifyAsync();
        }
    }

    private void Linger()
    {
        // Also prevents a reset, because a Socket resets the connection if its close interrupts a read.
        _socket.ShutdownWrite();
        _linger = new Timer(static transport => ((SocketTransport)transport!).StopLingering(), this, _owner.IsClosing ? _longestLingerAtStop : _longestLinger, Timeout.InfiniteTimeSpan);
    }

    private void Abort(Exception reason)
    {
        _reason ??= reason;
        _socket.Reset();
        CloseSocket();
    }

    private void CloseSocket()
    {
        _closed = true;
        _owner.Counts?.CountClosed();
        _linger?.Dispose();
        _socket.Dispose();
        ResumeReader();
        _ended?.TrySetResult();
        Permit?.Dispose();
    }
}
