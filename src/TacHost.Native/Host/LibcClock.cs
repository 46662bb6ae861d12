using System.Runtime.InteropServices;

namespace TacHost.Native;

/// <summary>The clock that counts the time in which the machine sleeps, and the end of a process that has no time left.</summary>
internal static unsafe partial class LibcClock
{
    private const int BootTimeClock = 7;

    /// <summary>Gets the time since the machine was started: CLOCK_BOOTTIME, which does not stop while the machine is suspended.</summary>
    public static TimeSpan BootTime
    {
        get
        {
            TimeSpecification time;
            _ = GetClock(BootTimeClock, &time);
            return TimeSpan.FromSeconds(time.Seconds) + TimeSpan.FromMicroseconds(time.Nanoseconds / 1000.0);
        }
    }

    /// <summary>_exit(2): ends the process without running anything more of it.</summary>
    [LibraryImport(Libc.Library, EntryPoint = "_exit")]
    public static partial void ExitNow(int exitCode);

    [LibraryImport(Libc.Library, EntryPoint = "clock_gettime")]
    private static partial int GetClock(int clock, TimeSpecification* time);
}
