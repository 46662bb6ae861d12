using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace TacHost.Native;

/// <summary>A set of sockets and one wait for all of them, epoll(7). A closed socket leaves the set.</summary>
internal sealed unsafe class EventPoll
{
    private const int AtOnce = 256;
    private const int EpollCloExec = 0x80000;
    private const int EpollCtlAdd = 1;
    private const int EpollCtlDel = 2;
    private const int EpollCtlMod = 3;
    private const uint EpollIn = 1;
    private const uint EpollRdHup = 0x2000;
    private const uint EpollEt = 1u << 31;
    private const uint EpollOneShot = 1u << 30;

    // struct epoll_event is packed on the PC alone.
    private static readonly int _dataOffset = RuntimeInformation.ProcessArchitecture is Architecture.X64 or Architecture.X86 ? 4 : 8;
    private static readonly int _eventSize = _dataOffset + sizeof(ulong);

    private readonly SafeFileHandle _poll;
    private readonly byte[] _events = new byte[AtOnce * _eventSize];

    private EventPoll(SafeFileHandle poll) => _poll = poll;

    /// <summary>Creates a set, or returns null if there is no file descriptor for it.</summary>
    public static EventPoll? TryCreate()
    {
        SafeFileHandle poll = new(LibcPolling.EpollCreate1(EpollCloExec), ownsHandle: true);
        return poll.IsInvalid ? null : new EventPoll(poll);
    }

    /// <summary>Adds a socket, which is reported once it is readable, immediately if it already is.</summary>
    /// <param name="socket">The socket.</param>
    /// <param name="key">The key that <see cref="Wait"/> returns.</param>
    public bool TryAdd(SafeHandle socket, ulong key) => Control(EpollCtlAdd, socket, EpollIn | EpollRdHup | EpollEt, key);

    /// <summary>Adds a socket, or arms one that was added, so that it is reported once when it is readable.</summary>
    /// <param name="socket">The socket.</param>
    /// <param name="key">The key that <see cref="Wait"/> returns.</param>
    /// <param name="isAdded">True if it was added before.</param>
    public bool TryArm(SafeHandle socket, ulong key, bool isAdded) => Control(isAdded ? EpollCtlMod : EpollCtlAdd, socket, EpollIn | EpollOneShot, key);

    /// <summary>Removes a socket. A close does not remove it while a duplicate is open.</summary>
    public void Remove(SafeHandle socket) => Control(EpollCtlDel, socket, 0, 0);

    /// <summary>Waits for events.</summary>
    /// <param name="keys">Gets the keys of the sockets that have some.</param>
    /// <returns>The number of sockets with events.</returns>
    public int Wait(Span<ulong> keys)
    {
        fixed (byte* events = _events)
        {
            var count = LibcPolling.EpollWait(_poll, events, Math.Min(keys.Length, AtOnce), -1);
            for (var i = 0; i < count; i++)
                keys[i] = *(ulong*)(events + (i * _eventSize) + _dataOffset);
            return Math.Max(count, 0);
        }
    }

    private bool Control(int operation, SafeHandle socket, uint events, ulong key)
    {
        var change = stackalloc byte[_eventSize];
        *(uint*)change = events;
        *(ulong*)(change + _dataOffset) = key;
        return LibcPolling.EpollCtl(_poll, operation, socket, change) == 0;
    }
}
