namespace TacHost.Services.Networking.Connections;

/// <remarks>
/// While a watched connection waits there is no task for it: the reader has returned, and is run again by the poller. Where there is no poller, the reader
/// waits itself.
/// </remarks>
internal partial class SocketTransport : IThreadPoolWorkItem, IPollable
{
    private const int NoDescriptor = -1;

    /// <summary>What the poller knows it by.</summary>
    private int _descriptor = NoDescriptor;
    private ReaderState _reader;

    private enum ReaderState
    {
        Reading,
        ReadPending,
        Waiting,
    }

    /// <summary>Whether such a connection can be read when it is known to be readable.</summary>
    protected virtual bool CanBeWatched => true;

    private bool IsWatched => _descriptor != NoDescriptor;

    /// <summary>Something has come, or the connection has changed: runs the reader, or has it look again. On any thread; never blocks.</summary>
    public void OnReadable()
    {
        if (Interlocked.Exchange(ref _reader, ReaderState.ReadPending) == ReaderState.Waiting)
            ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
    }

    /// <inheritdoc/>
    void IThreadPoolWorkItem.Execute() => _ = ReceiveAsync();

    private void StartReading()
    {
        if (!CanBeWatched || _owner.Poller is not { } poller || !TryWatch(poller))
            _ = ReceiveAsync();
        else if (!TryWait())
            ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
    }

    private bool TryWatch(SocketPoller poller)
    {
        try
        {
            var descriptor = _socket.Descriptor;
            if (poller.TryAdd(descriptor, _socket, this))
            {
                _descriptor = descriptor;
                return true;
            }

            poller.Forget(descriptor, this);
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
            _owner.Poller!.Forget(_descriptor, this);
    }

    /// <summary>What comes from here on is news.</summary>
    private void ArmReader() => Interlocked.Exchange(ref _reader, ReaderState.Reading);

    /// <summary>Leaves the connection to the poller, unless there were news since the look began.</summary>
    private bool TryWait() => Interlocked.CompareExchange(ref _reader, ReaderState.Waiting, ReaderState.Reading) == ReaderState.Reading;
}
