namespace TacHost.Services.Networking.Connections;

/// <remarks>
/// A watched connection has no task while it waits. Its reader has returned, and the poller runs it again.
/// Without a poller, the reader waits itself.
/// </remarks>
internal partial class SocketTransport : IThreadPoolWorkItem, IPollable
{
    private const int NoDescriptor = -1;

    private int _descriptor = NoDescriptor;
    private ReaderState _reader;

    private enum ReaderState
    {
        Reading,
        ReadPending,
        Waiting,
    }

    /// <summary>Gets whether the readiness of the descriptor indicates that data can be read.</summary>
    protected virtual bool CanBePolled => true;

    private bool IsWatched => _descriptor != NoDescriptor;

    /// <summary>Runs the reader, or makes it check again, because data has arrived or the connection has changed. Thread-safe; never blocks.</summary>
    public void OnReadable()
    {
        if (Interlocked.Exchange(ref _reader, ReaderState.ReadPending) == ReaderState.Waiting)
            ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
    }

    /// <inheritdoc/>
    void IThreadPoolWorkItem.Execute() => _ = ReceiveAsync();

    private void StartReading()
    {
        if (!CanBePolled || _owner.Poller is not { } poller || !TryRegister(poller))
            _ = ReceiveAsync();
        else if (!TryWait())
            ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
    }

    private bool TryRegister(SocketPoller poller)
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
            // The connection was just aborted; the reader will detect it.
        }

        return false;
    }

    private void Unwatch()
    {
        if (IsWatched)
            _owner.Poller!.Forget(_descriptor, this);
    }

    /// <summary>Sets the reader to the reading state, so that a later event is detected by <see cref="TryWait"/>.</summary>
    private void ArmReader() => Interlocked.Exchange(ref _reader, ReaderState.Reading);

    /// <summary>Returns the connection to the poller, unless an event has arrived since <see cref="ArmReader"/>.</summary>
    private bool TryWait() => Interlocked.CompareExchange(ref _reader, ReaderState.Waiting, ReaderState.Reading) == ReaderState.Reading;
}
