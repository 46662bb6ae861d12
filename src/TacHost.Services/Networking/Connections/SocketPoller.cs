using System.Runtime.InteropServices;
using TacHost.Native;

namespace TacHost.Services.Networking.Connections;

/// <summary>One thread that waits for all quiet listeners and idle connections of the process.</summary>
/// <remarks>A connection that waits in an asynchronous receive of .NET costs 1,000 bytes; here it costs the eight of its entry in a table.</remarks>
internal sealed class SocketPoller
{
    private static readonly Lock _starting = new();
    private static SocketPoller? _shared;

    private readonly Lock _gate = new();
    private readonly EventPoll _poll;
    private IPollable?[] _byDescriptor = new IPollable?[64];

    private SocketPoller(EventPoll poll) => _poll = poll;

    /// <summary>Gets the poller of the process, as its thread pool is one; or null as long as there is no file descriptor for it.</summary>
    public static SocketPoller? Shared => Volatile.Read(ref _shared) ?? Start();

    /// <summary>Begins to report a socket whenever something has come, until it is closed.</summary>
    public bool TryAdd(int descriptor, SafeHandle socket, IPollable pollable)
    {
        Register(descriptor, pollable);
        return _poll.TryAdd(socket, (ulong)descriptor);
    }

    /// <summary>Reports a socket once when it is readable.</summary>
    public bool TryArm(int descriptor, SafeHandle socket, IPollable pollable, bool isAdded)
    {
        Register(descriptor, pollable);
        return _poll.TryArm(socket, (ulong)descriptor, isAdded);
    }

    /// <summary>Takes out a socket that is still open.</summary>
    public void Remove(int descriptor, SafeHandle socket, IPollable pollable)
    {
        _poll.Remove(socket);
        Forget(descriptor, pollable);
    }

    /// <summary>Forgets a socket, whose descriptor may belong to another one already.</summary>
    public void Forget(int descriptor, IPollable pollable)
    {
        lock (_gate)
        {
            if (_byDescriptor[descriptor] == pollable)
                _byDescriptor[descriptor] = null;
        }
    }

    private static SocketPoller? Start()
    {
        lock (_starting)
        {
            if (_shared is not null || EventPoll.TryCreate() is not { } poll)
                return _shared;
            SocketPoller poller = new(poll);
            new Thread(poller.Run) { IsBackground = true, Name = "poll sockets" }.UnsafeStart();
            return _shared = poller;
        }
    }

    private void Register(int descriptor, IPollable pollable)
    {
        lock (_gate)
        {
            if (descriptor >= _byDescriptor.Length)
                Array.Resize(ref _byDescriptor, Math.Max(descriptor + 1, _byDescriptor.Length * 2));
            _byDescriptor[descriptor] = pollable;
        }
    }

    private void Run()
    {
        var keys = new ulong[256];
        while (true)
        {
            var count = _poll.Wait(keys);

            // An event of a socket that is closed by now may reach the next one with its number, which finds nothing and waits on.
            foreach (var descriptor in keys.AsSpan(0, count))
                Volatile.Read(ref _byDescriptor)[descriptor]?.OnReadable();
        }
    }
}
