using System.Buffers;
using System.Net;
using System.Net.Sockets;
using System.Security.Authentication;
using Microsoft.Extensions.Logging;
using TacHost.Services.Networking.Listening;

namespace TacHost.Services.Networking.Connections;

/// <summary>One accepted stream connection: sends at once what the kernel takes, queues the rest, and closes without cutting anything off.</summary>
internal class SocketTransport : ITransport, IConnection
{
    /// <summary>
    /// Up to ten segments, TCP's initial window (RFC 6928), are on their way as soon as they are sent, so the socket can be closed at once.
    /// With more than that, a byte from the peer after the close would make the kernel drop what is left, and we linger.
    /// </summary>
    private const long SentAtOnce = 14_600;
    private const int ReceiveBufferSize = 16 * 1024;

    /// <summary>How long a peer that has been sent everything may keep its side open; nginx's lingering_timeout.</summary>
    private static readonly TimeSpan _longestLinger = TimeSpan.FromSeconds(5);

    /// <summary>The same while the listener stops and waits for it.</summary>
    private static readonly TimeSpan _longestLingerAtStop = TimeSpan.FromSeconds(1);

    private readonly Socket _socket;
    private readonly StreamListener _listener;
    private readonly ConnectionEnds? _ends;
    private readonly Lock _gate = new();
    private Protocol? _protocol;
    private ILogger? _logger;
    private Queue<ReadOnlyMemory<byte>>? _queue;
    private TaskCompletionSource? _queueSent;
    private Timer? _linger;
    private long _sent;
    private bool _open;
    private bool _losing;
    private bool _closed;
    private bool _goodbyeSaid;
    private Exception? _reason;

    /// <param name="socket">The connection; this transport's from now on.</param>
    /// <param name="listener">The listener that accepted it.</param>
    /// <param name="ends">Who really talks to whom, if somebody in between has said so.</param>
    public SocketTransport(Socket socket, StreamListener listener, ConnectionEnds? ends = null)
    {
        (_socket, _listener, _ends) = (socket, listener, ends);
        Peer = ends?.Peer ?? PeerOf(socket);

        // Asking the socket costs a system call, and is not possible any more when the connection is lost.
        Local = ends?.Local ?? (listener.EndPoint is IPEndPoint { Address: var address } && (address.Equals(IPAddress.Any) || address.Equals(IPAddress.IPv6Any)) ? Unmapped(socket.LocalEndPoint!) : listener.EndPoint);

        // From here on a full kernel buffer is an answer, not a wait.
        socket.Blocking = false;
    }

    public EndPoint Local { get; }

    public EndPoint Peer { get; }

    /// <summary>Runs the life of the connection: the first callback on this thread, and if it goes on after that, the others on the pool.</summary>
    public void Open(Protocol protocol, ILogger logger)
    {
        (_protocol, _logger) = (protocol, logger);
        Call(static transport => transport._protocol!.MakeConnection(transport, transport._logger!));
        lock (_gate)
        {
            if (!_closed && CanCloseAtOnce)
                CloseSocket();
            _open = !_closed;
            if (_open && _losing && _queueSent is null)
                BeginLinger();
        }

        if (!_open)
        {
            TellLost();
            return;
        }

        _listener.Keep(this);
        _ = ReceiveAsync();
    }

    public void Write(ReadOnlyMemory<byte> data)
    {
        lock (_gate)
        {
            if (_losing || _closed)
                return;
            if (_queue is not { Count: > 0 })
                data = data[SendAtOnce(data.Span)..];
            if (data.IsEmpty || _closed)
                return;
            (_queue ??= new Queue<ReadOnlyMemory<byte>>()).Enqueue(data);
            if (_queueSent is not null)
                return;
            _queueSent = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        }

        _ = SendQueueAsync();
    }

    public void LoseConnection()
    {
        lock (_gate)
        {
            if (_losing || _closed)
                return;
            _losing = true;
            if (_open && _queueSent is null)
                BeginLinger();
        }
    }

    public void AbortConnection()
    {
        lock (_gate)
        {
            if (!_closed)
                Abort(new SocketException((int)SocketError.ConnectionAborted));
        }
    }

    /// <inheritdoc/>
    public void HurryLinger()
    {
        lock (_gate)
        {
            if (!_closed)
                _linger?.Change(_longestLingerAtStop, Timeout.InfiniteTimeSpan);
        }
    }

    private void StopLingering()
    {
        lock (_gate)
        {
            if (!_closed)
                CloseSocket();
        }
    }

    /// <summary>Whether the socket can be closed right after the first callback: see <see cref="SentAtOnce"/>.</summary>
    protected virtual bool CanCloseAtOnce => _losing && _queueSent is null && _sent <= SentAtOnce && _socket.Available == 0;

    /// <summary>Waits, without a buffer, until there is something to take.</summary>
    protected virtual ValueTask<int> WaitForDataAsync() => _socket.ReceiveAsync(Memory<byte>.Empty, SocketFlags.None);

    /// <summary>Takes what has come, without waiting.</summary>
    protected virtual int ReceiveNow(byte[] buffer, out SocketError error) => _socket.Receive(buffer, SocketFlags.None, out error);

    /// <summary>Sends what can be sent without waiting. Called with the gate held.</summary>
    protected virtual int SendNow(ReadOnlySpan<byte> data, out SocketError error) => _socket.Send(data, SocketFlags.None, out error);

    /// <summary>Sends, waiting for the peer to take it.</summary>
    protected virtual ValueTask<int> SendAsync(ReadOnlyMemory<byte> data) => _socket.SendAsync(data, SocketFlags.None);

    /// <summary>What is to be said after the last byte of the protocol and before the socket is shut. Called once at most.</summary>
    protected virtual Task SayGoodbyeAsync() => Task.CompletedTask;

    /// <summary>Lets go of what the connection took, once nothing is received any more.</summary>
    protected virtual void Release()
    {
    }

    /// <summary>Reads until the peer has finished, and owns every callback after the first.</summary>
    private async Task ReceiveAsync()
    {
        // A peer that has sent something already would have its bytes handled, and more of them as they come, on the accepting thread.
        await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
        try
        {
            while (true)
            {
                // Waiting without a buffer: an idle connection holds none.
                await WaitForDataAsync();
                if (!TakeData())
                    break;
            }

            // The peer sends no more, but may well read on: it gets all that was written.
            await FinishSendingAsync();
            await SayGoodbyeOnceAsync();
        }
        catch (Exception e) when (IsLoss(e))
        {
            lock (_gate)
            {
                if (!_closed && !_losing)
                    _reason ??= e;
            }
        }

        lock (_gate)
        {
            if (!_closed)
                CloseSocket();
        }

        TellLost();
        Release();
        _listener.Release(this);
    }

    /// <summary>Takes what has come.</summary>
    /// <returns>Whether more may come.</returns>
    private bool TakeData()
    {
        var buffer = ArrayPool<byte>.Shared.Rent(ReceiveBufferSize);
        try
        {
            var count = ReceiveNow(buffer, out var error);
            if (error == SocketError.WouldBlock)
                return true;
            if (error != SocketError.Success)
                throw new SocketException((int)error);
            if (count > 0 && !_losing)
                Call(transport => transport._protocol!.Receive(buffer.AsSpan(0, count)));
            return count > 0;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private async Task SendQueueAsync()
    {
        try
        {
            while (NextInQueue() is { } next)
            {
                while (!next.IsEmpty)
                    next = next[await SendAsync(next)..];
                lock (_gate)
                    _queue!.Dequeue();
            }
        }
        catch (Exception e) when (IsLoss(e))
        {
            lock (_gate)
            {
                if (!_closed)
                    Abort(e);
                EndOfQueue();
            }
        }
    }

    private ReadOnlyMemory<byte>? NextInQueue()
    {
        lock (_gate)
        {
            if (!_closed && _queue!.TryPeek(out var next))
                return next;
            EndOfQueue();
            if (_open && _losing && !_closed)
                BeginLinger();
            return null;
        }
    }

    private void EndOfQueue()
    {
        _queueSent!.SetResult();
        _queueSent = null;
        _sent = SentAtOnce + 1;
    }

    private async Task FinishSendingAsync()
    {
        Task sent;
        lock (_gate)
        {
            _losing = true;
            sent = _queueSent?.Task ?? Task.CompletedTask;
        }

        await sent;
    }

    /// <returns>How many of the bytes the kernel took.</returns>
    private int SendAtOnce(ReadOnlySpan<byte> data)
    {
        var count = SendNow(data, out var error);
        if (error is not (SocketError.Success or SocketError.WouldBlock))
            Abort(new SocketException((int)error));
        _sent += count;
        return count;
    }

    /// <summary>Tells the peer that all is said, and waits a while for it to close: see <see cref="SentAtOnce"/>.</summary>
    private void BeginLinger()
    {
        var goodbye = SayGoodbyeOnceAsync();
        if (goodbye.IsCompleted)
            Linger();
        else
            _ = LingerAfterAsync(goodbye);
    }

    private async Task LingerAfterAsync(Task goodbye)
    {
        await goodbye.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        lock (_gate)
        {
            if (!_closed)
                Linger();
        }
    }

    private Task SayGoodbyeOnceAsync()
    {
        lock (_gate)
        {
            if (_goodbyeSaid)
                return Task.CompletedTask;
            _goodbyeSaid = true;
            return SayGoodbyeAsync();
        }
    }

    private void Linger()
    {
        // It also keeps the close from being a reset, which .NET makes of one that interrupts a read.
        try
        {
            _socket.Shutdown(SocketShutdown.Send);
        }
        catch (SocketException)
        {
            // The peer is gone already, which the read will say.
        }

        _linger = new Timer(static transport => ((SocketTransport)transport!).StopLingering(), this, _listener.IsClosing ? _longestLingerAtStop : _longestLinger, Timeout.InfiniteTimeSpan);
    }

    private void Abort(Exception reason)
    {
        _reason ??= reason;
        try
        {
            _socket.LingerState = new LingerOption(enable: true, seconds: 0);
        }
        catch (SocketException)
        {
            // Only a live connection can be told to reset.
        }

        CloseSocket();
    }

    private void CloseSocket()
    {
        _closed = true;
        _linger?.Dispose();
        _socket.Dispose();
    }

    private void TellLost() => Call(static transport => transport._protocol!.LoseConnection(transport._reason));

    /// <summary>The boundary around one connection: what its protocol throws ends it, and no other.</summary>
    private void Call(Action<SocketTransport> callback)
    {
        try
        {
            callback(this);
        }
        catch (Exception e)
        {
            NetworkingLog.Attempt(() => NetworkingLog.ProtocolThrew(_logger!, e, Peer.ToString()!, TypeName.Of(_protocol!.GetType())));
            lock (_gate)
            {
                if (!_closed)
                    Abort(e);
            }
        }
    }

    /// <summary>Whether an exception says that the connection is gone, or was no good.</summary>
    internal static bool IsLoss(Exception e) =>
        e is SocketException or ObjectDisposedException or IOException or AuthenticationException or InvalidOperationException;

    /// <summary>The other side of an accepted socket, in a form that can be read in a log.</summary>
    internal static EndPoint PeerOf(Socket socket) =>
        socket.RemoteEndPoint is IPEndPoint ip ? Unmapped(ip) : UnixPeerEndPoint.Of(socket);

    /// <summary>An IPv4 peer of a dual-stack socket, as people write it.</summary>
    private static EndPoint Unmapped(EndPoint endPoint) =>
        endPoint is IPEndPoint { Address.IsIPv4MappedToIPv6: true } ip ? new IPEndPoint(ip.Address.MapToIPv4(), ip.Port) : endPoint;
}
