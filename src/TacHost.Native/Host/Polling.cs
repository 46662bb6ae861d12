using System.Diagnostics;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace TacHost.Native;

/// <summary>The used variants of poll(2).</summary>
internal static unsafe class Polling
{
    /// <summary>Waits for input or end of file. Returns false after the timeout.</summary>
    public static bool WaitForInput(SafeFileHandle file, TimeSpan time) => WaitFor(file, PollDescriptor.PollIn, time) != 0;

    /// <summary>Returns which of the events happen on a descriptor before a time is over; 0 if none does. Signals do not end the wait.</summary>
    public static short WaitFor(SafeFileHandle file, short events, TimeSpan time)
    {
        PollDescriptor descriptor = new() { Descriptor = (int)file.DangerousGetHandle(), Events = events };
        var began = Stopwatch.GetTimestamp();
        var limit = time == Timeout.InfiniteTimeSpan ? TimeSpan.MaxValue : time;
        for (var left = limit; ; left = limit - Stopwatch.GetElapsedTime(began))
        {
            var ready = Libc.Poll(&descriptor, 1, (int)Math.Clamp(left.TotalMilliseconds, 0, int.MaxValue));
            if (ready >= 0 || Marshal.GetLastPInvokeError() != Errno.Interrupted)
                return ready > 0 ? descriptor.ReturnedEvents : (short)0;
        }
    }

    /// <summary>Waits until one of several descriptors has input, or is at its end.</summary>
    /// <param name="descriptors">The descriptors. <see cref="PollDescriptor.ReturnedEvents"/> is set for those that are ready.</param>
    public static void WaitForAny(Span<PollDescriptor> descriptors)
    {
        const int forever = -1;
        fixed (PollDescriptor* first = descriptors)
            _ = Libc.Poll(first, (nuint)descriptors.Length, forever);
    }
}
