using Microsoft.Win32.SafeHandles;
using TacHost.Services.Interop;

namespace TacHost.Services.Networking.Listening;

/// <summary>A thread that accepts connections, as an acceptor sees it: what it waits by, and what wakes it.</summary>
internal sealed class AcceptThread : IDisposable
{
    private const int CloseOnExecNonBlocking = 0x80800;

    /// <summary>How long a wait is, in milliseconds, if there was no file descriptor for what ends it.</summary>
    private const int WithoutWaking = 100;

    private readonly SafeFileHandle _wake = new(Libc.EventFd(0, CloseOnExecNonBlocking), ownsHandle: true);

    public enum WaitResult
    {
        Readable,
        Woken,
        TimedOut,
    }

    /// <summary>Ends the present wait, or the next one. On any thread, also when this one has ended.</summary>
    public void Wake()
    {
        try
        {
            _ = Libc.WriteEventFd(_wake, 1);
        }
        catch (ObjectDisposedException)
        {
            // Nothing waits here any more.
        }
    }

    /// <summary>Waits until a socket is readable.</summary>
    public unsafe WaitResult Wait(int descriptor, int milliseconds)
    {
        var waits = stackalloc PollDescriptor[2];
        waits[0] = new PollDescriptor { Descriptor = descriptor, Events = PollDescriptor.Readable };
        waits[1] = new PollDescriptor { Descriptor = (int)_wake.DangerousGetHandle(), Events = PollDescriptor.Readable };
        var count = Libc.Poll(waits, 2, _wake.IsInvalid ? WithoutWaking : milliseconds);
        if (waits[1].Occurred != 0 && count > 0)
        {
            _ = Libc.ReadEventFd(_wake, out _);
            return WaitResult.Woken;
        }

        // A signal ends a wait as well, with less than 0.
        return count > 0 ? WaitResult.Readable : count == 0 ? WaitResult.TimedOut : WaitResult.Woken;
    }

    /// <summary>Waits for <see cref="Wake"/>, or for a time.</summary>
    /// <returns>Whether the thread was woken.</returns>
    public bool Sleep(int milliseconds) => Wait(-1, milliseconds) == WaitResult.Woken;

    public void Dispose() => _wake.Dispose();
}
