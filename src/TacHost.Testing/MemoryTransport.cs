using System.Net;
using System.Net.Sockets;
using TacHost.Services.Networking;
using TacHost.Services.Networking.Connections;

namespace TacHost.Testing;

/// <summary>The transport of a <see cref="ProtocolHarness"/>: keeps the callbacks in order, as a socket does, and collects the sent bytes.</summary>
internal sealed class MemoryTransport : ITransport
{
    private readonly Protocol _protocol;
    private readonly Lock _gate = new();
    private readonly CallbackQueue _callbacks;
    private readonly CancellationTokenSource _stopping = new();
    private readonly MemoryStream _sent = new();
    private readonly MemoryStream _queued = new();
    private ProducerControl? _producer;
    private bool _isPeerPaused;

    public MemoryTransport(Protocol protocol, EndPoint peer)
    {
        (_protocol, Peer) = (protocol, peer);
        _callbacks = new CallbackQueue(protocol, _gate, () => IsClosing, Abort);
    }

    public EndPoint Local { get; } = new IPEndPoint(IPAddress.Loopback, 1);

    public EndPoint Peer { get; }

    public bool IsReading => _callbacks.IsReading;

    public bool IsIdle => IsReading && _producer is null;

    public CancellationToken StoppingToken => _stopping.Token;

    /// <summary>Gets whether the protocol has closed or aborted the connection, or it is lost.</summary>
    public bool IsClosing { get; private set; }

    public bool IsAborted { get; private set; }

    public bool IsWriteClosed { get; private set; }

    /// <summary>Gets a task that completes after ConnectionLost, with the reason.</summary>
    public TaskCompletionSource<Exception?> Lost { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Gets or sets an action that runs after ConnectionLost.</summary>
    public Action? AfterLoss { get; set; }

    /// <summary>Gets a task that completes at the next change of the sent bytes or of the state.</summary>
    public TaskCompletionSource Changed { get; private set; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public byte[] Sent
    {
        get
        {
            lock (_gate)
                return _sent.ToArray();
        }
    }

    /// <inheritdoc cref="CallbackQueue.Input"/>
    public void Input(Action step) => _callbacks.Input(step);

    /// <inheritdoc cref="CallbackQueue.Urgent"/>
    public void Urgent(Action step) => _callbacks.Urgent(step);

    public void Stop()
    {
        _stopping.Cancel();
        Urgent(_protocol.Stop);
    }

    /// <summary>Sets whether the peer reads. While it does not, written data stays in the send queue.</summary>
    public void SetPeerPaused(bool isPaused)
    {
        lock (_gate)
        {
            _isPeerPaused = isPaused;
            if (!isPaused)
                Flush();
        }

        _producer?.Notify();
        LoseIfSent();
    }

    public void Write(ReadOnlyMemory<byte> data)
    {
        lock (_gate)
        {
            if (IsClosing || IsWriteClosed)
                return;
            _queued.Write(data.Span);
            if (!_isPeerPaused)
                Flush();
        }

        _producer?.Notify();
    }

    public void LoseConnection()
    {
        lock (_gate)
        {
            if (IsClosing)
                return;
            IsClosing = true;
        }

        LoseIfSent();
    }

    public void LoseWriteConnection()
    {
        lock (_gate)
            IsWriteClosed = true;
    }

    public void PauseReading() => _callbacks.Pause();

    public void ResumeReading() => _callbacks.Resume();

    public void RegisterProducer(IProducer producer, int highWaterMark = ITransport.DefaultHighWaterMark)
    {
        ArgumentNullException.ThrowIfNull(producer);
        ProducerControl control = new(producer, highWaterMark, () => _queued.Length);
        if (Interlocked.CompareExchange(ref _producer, control, null) is not null)
            throw new InvalidOperationException("A producer is registered already.");
        if (Lost.Task.IsCompleted)
            control.Stop();
    }

    public void UnregisterProducer() => _producer = null;

    public void AbortConnection() => Abort(new SocketException((int)SocketError.ConnectionAborted));

    /// <summary>Ends the connection: the protocol gets ConnectionLost, once.</summary>
    public void Lose(Exception? reason)
    {
        lock (_gate)
            IsClosing = true;
        Urgent(() =>
        {
            if (Lost.Task.IsCompleted)
                return;
            try
            {
                _producer?.Stop();
                _protocol.LoseConnection(reason);
            }
            finally
            {
                AfterLoss?.Invoke();
                Lost.TrySetResult(reason);
                NotifyChange();
            }
        });
    }

    private void Abort(Exception reason)
    {
        lock (_gate)
        {
            if (IsAborted)
                return;
            IsClosing = IsAborted = true;
            _queued.SetLength(0);
        }

        Lose(reason);
    }

    private void LoseIfSent()
    {
        bool isDone;
        lock (_gate)
            isDone = IsClosing && _queued.Length == 0;
        if (isDone)
            Lose(null);
    }

    private void Flush()
    {
        _queued.WriteTo(_sent);
        _queued.SetLength(0);
        NotifyChange();
    }

    private void NotifyChange()
    {
        lock (_gate)
        {
            Changed.TrySetResult();
            Changed = new(TaskCreationOptions.RunContinuationsAsynchronously);
        }
    }
}
