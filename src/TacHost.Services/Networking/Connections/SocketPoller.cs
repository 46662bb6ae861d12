using TacHost.Services.Interop;

namespace TacHost.Services.Networking.Connections;

/// <summary>One thread that waits for all the idle connections of a listener.</summary>
/// <remarks>A connection that waits in an asynchronous receive of .NET costs 1,000 bytes; here it costs the eight of its place in a table.</remarks>
internal sealed class SocketPoller
{
    private readonly Lock _gate = new();
    private readonly EventPoll _poll;
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private SocketTransport?[] _byDescriptor = new SocketTransport?[64];

    private SocketPoller(EventPoll poll) => _poll = poll;

    /// <summary>Starts one, or null where that is not possible.</summary>
    public static SocketPoller? TryStart(string name)
    {
        if (EventPoll.TryCreate() is not { } poll)
            return null;
        SocketPoller poller = new(poll);
        new Thread(poller.Run) { IsBackground = true, Name = name }.Start();
        return poller;
    }

    /// <summary>Begins to tell a transport when there is something to read, on the watching thread, until its socket is closed.</summary>
    public bool TryAdd(int descriptor, StreamSocket socket, SocketTransport transport)
    {
        lock (_gate)
        {
            if (descriptor >= _byDescriptor.Length)
                Array.Resize(ref _byDescriptor, Math.Max(descriptor + 1, _byDescriptor.Length * 2));
            _byDescriptor[descriptor] = transport;
        }

        return _poll.TryAdd(socket, (ulong)descriptor);
    }

    /// <summary>Forgets a transport, whose descriptor may have gone to another one already.</summary>
    public void Remove(int descriptor, SocketTransport transport)
    {
        lock (_gate)
        {
            if (_byDescriptor[descriptor] == transport)
                _byDescriptor[descriptor] = null;
        }
    }

    /// <summary>Ends the thread.</summary>
    public Task EndAsync()
    {
        _poll.Wake();
        return _ended.Task;
    }

    private void Run()
    {
        var keys = new ulong[256];
        for (var count = 0; count >= 0; count = _poll.Wait(keys))
        {
            // News of a socket that is closed by now may reach the next one with its number, which finds nothing and waits on.
            foreach (var descriptor in keys.AsSpan(0, count))
                Volatile.Read(ref _byDescriptor)[descriptor]?.OnReadable();
        }

        _poll.Dispose();
        _ended.SetResult();
    }
}
