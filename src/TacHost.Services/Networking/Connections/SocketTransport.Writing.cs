using System.Net.Sockets;

namespace TacHost.Services.Networking.Connections;

internal partial class SocketTransport
{
    private Queue<ReadOnlyMemory<byte>>? _queue;
    private TaskCompletionSource? _queueSent;
    private ProducerControl? _producer;
    private long _sent;
    private long _queued;

    public void Write(ReadOnlyMemory<byte> data)
    {
        var begins = false;
        lock (_socket)
        {
            if (_losing || _writeLosing || _closed)
                return;
            if (_queue is not { Count: > 0 })
                data = data[TrySend(data.Span)..];
            if (data.IsEmpty || _closed)
                return;
            (_queue ??= new Queue<ReadOnlyMemory<byte>>()).Enqueue(data);
            Interlocked.Add(ref _queued, data.Length);
            if (_queueSent is null)
            {
                _queueSent = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
                begins = true;
            }
        }

        if (begins)
            _ = SendQueueAsync();
        _producer?.Notify();
    }

    public void RegisterProducer(IProducer producer, int highWaterMark = ITransport.DefaultHighWaterMark)
    {
        ArgumentNullException.ThrowIfNull(producer);
        ArgumentOutOfRangeException.ThrowIfNegative(highWaterMark);
        ProducerControl control = new(producer, highWaterMark, () => Volatile.Read(ref _queued));
        bool isOver;
        lock (_socket)
        {
            if (_producer is not null)
                throw new InvalidOperationException($"The connection with {Peer} has a producer already. Unregister that first.");
            isOver = _closed || _losing;
            if (!isOver)
                _producer = control;
        }

        if (isOver)
            producer.StopProducing();
        else
            control.Notify();
    }

    public void UnregisterProducer()
    {
        lock (_socket)
            _producer = null;
    }

    private void StopProducer()
    {
        ProducerControl? producer;
        lock (_socket)
        {
            producer = _producer;
            _producer = null;
        }

        if (producer is not null)
            Call(_ => producer.Stop());
    }

    private async Task SendQueueAsync()
    {
        try
        {
            while (NextInQueue() is { } next)
            {
                while (!next.IsEmpty)
                {
                    var count = await SendAsync(next);
                    NoteActivity();
                    Interlocked.Add(ref _queued, -count);
                    _owner.Counts?.CountSent(count);
                    next = next[count..];
                }

                lock (_socket)
                    _queue!.Dequeue();
                if (_producer is { } producer)
                    Call(_ => producer.Notify());
            }
        }
        catch (Exception e) when (IsLoss(e))
        {
            lock (_socket)
            {
                if (!_closed)
                    Abort(e);
                EndOfQueue();
            }
        }
    }

    private ReadOnlyMemory<byte>? NextInQueue()
    {
        lock (_socket)
        {
            if (!_closed && _queue!.TryPeek(out var next))
                return next;
            EndOfQueue();
            if (_open && _losing && !_closed)
                BeginLinger();
            else if (_open && _writeLosing && !_closed)
                EndWriting();
            return null;
        }
    }

    private void EndOfQueue()
    {
        _queueSent!.SetResult();
        _queueSent = null;
        _sent = InitialWindow + 1;
    }

    /// <returns>The number of bytes that the kernel accepted.</returns>
    private int TrySend(ReadOnlySpan<byte> data)
    {
        var count = TrySend(data, out var error);
        if (error is not (SocketError.Success or SocketError.WouldBlock))
            Abort(new SocketException((int)error));
        _sent += count;
        if (count > 0)
            _owner.Counts?.CountSent(count);
        if (_open)
            NoteActivity();
        return count;
    }
}
