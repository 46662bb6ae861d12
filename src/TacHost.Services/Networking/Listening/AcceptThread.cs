using Microsoft.Win32.SafeHandles;
using TacHost.Native;

namespace TacHost.Services.Networking.Listening;

/// <summary>A thread that accepts connections, from the acceptor's point of view: the acceptor waits with it, and other threads wake it.</summary>
internal sealed class AcceptThread : IDisposable
{
    private const int CloseOnExecNonBlocking = 0x80800;

    /// <summary>The timeout of a wait in milliseconds if no file descriptor was available for the wake-up event.</summary>
    private const int WithoutWaking = 100;

    private readonly SafeFileHandle _wake = new(LibcPolling.EventFd(0, CloseOnExecNonBlocking), ownsHandle: true);

    public enum WaitResult
    {
        Readable,
        Woken,
        TimedOut,
    }

    /// <summary>Ends the current wait, or the next one. Thread-safe; allowed after this thread has ended.</summary>
    public void Wake()
    {
        try
        {
            _ = LibcPolling.EventFdWrite(_wake, 1);
        }
        catch (ObjectDisposedException)
        {
            // The thread no longer waits.
        }
    }

    /// <summary>Waits until a socket is readable.</summary>
    public unsafe WaitResult Wait(int descriptor, int milliseconds)
    {
        var waits = stackalloc PollDescriptor[2];
        waits[0] = new PollDescriptor { Descriptor = descriptor, Events = PollDescriptor.PollIn };
        waits[1] = new PollDescriptor { Descriptor = (int)_wake.DangerousGetHandle(), Events = PollDescriptor.PollIn };
        var count = Libc.Poll(waits, 2, _wake.IsInvalid ? WithoutWaking : milliseconds);
        if (waits[1].ReturnedEvents != 0 && count > 0)
        {
            _ = LibcPolling.EventFdRead(_wake, out _);
            return WaitResult.Woken;
        }

        // A signal also ends the wait: poll returns a negative value.
        return count > 0 ? WaitResult.Readable : count == 0 ? WaitResult.TimedOut : WaitResult.Woken;
    }

    /// <summary>Waits for <see cref="Wake"/>, or for the timeout.</summary>
    /// <returns>true if the thread was woken.</returns>
    public bool Sleep(int milliseconds) => Wait(-1, milliseconds) == WaitResult.Woken;

    public void Dispose() => _wake.Dispose();
}
