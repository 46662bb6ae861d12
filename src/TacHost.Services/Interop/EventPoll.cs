using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace TacHost.Services.Interop;

/// <summary>A set of sockets and one wait for all of them, epoll(7). A socket leaves it by being closed.</summary>
internal sealed unsafe class EventPoll : IDisposable
{
    private const int AtOnce = 256;
    private const int CloseOnExec = 0x80000;
    private const int Add = 1;
    private const uint Readable = 1;
    private const uint PeerFinished = 0x2000;
    private const uint OnlyNews = 1u << 31;

    // struct epoll_event is packed on the PC alone.
    private static readonly int _dataOffset = RuntimeInformation.ProcessArchitecture is Architecture.X64 or Architecture.X86 ? 4 : 8;
    private static readonly int _eventSize = _dataOffset + sizeof(ulong);

    private readonly SafeFileHandle _poll;
    private readonly SafeFileHandle _wake;
    private readonly byte[] _events = new byte[AtOnce * _eventSize];

    private EventPoll(SafeFileHandle poll, SafeFileHandle wake) => (_poll, _wake) = (poll, wake);

    /// <summary>Makes one, or null where there is none, or no descriptor for it.</summary>
    public static EventPoll? TryCreate()
    {
        if (!OperatingSystem.IsLinux())
            return null;
        SafeFileHandle poll = new(Libc.EpollCreate(CloseOnExec), ownsHandle: true), wake = new(Libc.EventFd(0, CloseOnExec), ownsHandle: true);
        EventPoll created = new(poll, wake);
        if (!poll.IsInvalid && !wake.IsInvalid && created.TryAdd(wake, 0))
            return created;
        created.Dispose();
        return null;
    }

    /// <summary>Adds a socket, which is told of once whenever something has come for it, beginning with what is there already.</summary>
    /// <param name="socket">The socket.</param>
    /// <param name="key">What <see cref="Wait"/> calls it; not 0.</param>
    public bool TryAdd(SafeHandle socket, ulong key)
    {
        var added = stackalloc byte[_eventSize];
        *(uint*)added = Readable | PeerFinished | OnlyNews;
        *(ulong*)(added + _dataOffset) = key;
        return Libc.EpollCtl(_poll, Add, socket, added) == 0;
    }

    /// <summary>Waits for news.</summary>
    /// <param name="keys">Gets what has news; as long as it is.</param>
    /// <returns>How many have; less than 0 after <see cref="Wake"/>.</returns>
    public int Wait(Span<ulong> keys)
    {
        fixed (byte* events = _events)
        {
            var count = Libc.EpollWait(_poll, events, Math.Min(keys.Length, AtOnce), -1);
            for (var i = 0; i < count; i++)
            {
                keys[i] = *(ulong*)(events + (i * _eventSize) + _dataOffset);
                if (keys[i] == 0)
                    return -1;
            }

            return Math.Max(count, 0);
        }
    }

    /// <summary>Ends the wait, for good.</summary>
    public void Wake() => _ = Libc.WriteEventFd(_wake, 1);

    public void Dispose()
    {
        _poll.Dispose();
        _wake.Dispose();
    }
}
