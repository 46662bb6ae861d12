namespace TacHost.Services.Networking.Connections;

/// <remarks>
/// While a watched connection waits there is no task for it: the reader has returned, and is run again by the watch. Where there is no watch, the reader
/// waits itself.
/// </remarks>
internal partial class SocketTransport : IThreadPoolWorkItem
{
    private const int NoDescriptor = -1;

    /// <summary>What the watch knows it by.</summary>
    private int _descriptor = NoDescriptor;
    private ReaderState _reader;

    private enum ReaderState
    {
        Reading,
        ReadingWithNews,
        Waiting,
    }

    /// <summary>Whether such a connection can be read when it is known to be readable.</summary>
    protected virtual bool CanBeWatched => true;

    private bool IsWatched => _descriptor != NoDescriptor;

    /// <summary>Something has come, or the connection has changed: runs the reader, or has it look again. On any thread; never blocks.</summary>
    public void Readable()
    {
        if (Interlocked.Exchange(ref _reader, ReaderState.ReadingWithNews) == ReaderState.Waiting)
            ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
    }

    /// <inheritdoc/>
    void IThreadPoolWorkItem.Execute() => _ = ReceiveAsync();

    private void StartReading()
    {
        if (!CanBeWatched || _keeper.Watch is not { } watch || !TryWatch(watch))
            _ = ReceiveAsync();
        else if (!TryWait())
            ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
    }

    private bool TryWatch(SocketWatch watch)
    {
        try
        {
            var descriptor = _socket.Descriptor;
            if (watch.TryAdd(descriptor, _socket, this))
            {
                _descriptor = descriptor;
                return true;
            }

            watch.Remove(descriptor, this);
        }
        catch (ObjectDisposedException)
        {
            // Aborted a moment ago, which the reader will find.
        }

        return false;
    }

    private void Unwatch()
    {
        if (IsWatched)
            _keeper.Watch!.Remove(_descriptor, this);
    }

    /// <summary>What comes from here on is news.</summary>
    private void BeginLooking() => Interlocked.Exchange(ref _reader, ReaderState.Reading);

    /// <summary>Leaves the connection to the watch, unless there were news since the look began.</summary>
    private bool TryWait() => Interlocked.CompareExchange(ref _reader, ReaderState.Waiting, ReaderState.Reading) == ReaderState.Reading;
}
