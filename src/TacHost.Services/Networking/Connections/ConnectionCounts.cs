namespace TacHost.Services.Networking.Connections;

/// <summary>The connection counters of one service. Counting does not allocate, whether or not a listener observes the metrics.</summary>
internal sealed class ConnectionCounts(string servicePath, Action<ConnectionCounts> whenFirst)
{
    private long _accepted;
    private long _closed;
    private long _refused;
    private long _received;
    private long _sent;

    public KeyValuePair<string, object?> Tag { get; } = new("service", servicePath);

    public long Accepted => Volatile.Read(ref _accepted);

    public long Open => Accepted - Volatile.Read(ref _closed);

    public long Refused => Volatile.Read(ref _refused);

    public long BytesReceived => Volatile.Read(ref _received);

    public long BytesSent => Volatile.Read(ref _sent);

    public void CountOpened()
    {
        if (Interlocked.Increment(ref _accepted) == 1)
            whenFirst(this);
    }

    public void CountClosed() => Interlocked.Increment(ref _closed);

    public void CountRefused()
    {
        if (Interlocked.Increment(ref _refused) == 1)
            whenFirst(this);
    }

    public void CountReceived(int bytes) => Interlocked.Add(ref _received, bytes);

    public void CountSent(int bytes) => Interlocked.Add(ref _sent, bytes);
}
