using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace TacHost.Interop;

/// <summary>The calls on processes by a descriptor, pidfd_open(2), which never means another process that has got the same ID.</summary>
internal static unsafe partial class Libc
{
    /// <summary>The numbers of the system calls, the same on x86-64 and arm64. The C library has functions for them only since 2.36.</summary>
    private const nint PidfdSendSignal = 424, PidfdOpen = 434;

    /// <summary>Returns a descriptor of a process, or null if the process does not exist.</summary>
    public static SafeFileHandle? OpenProcess(int process) =>
        SystemCall(PidfdOpen, process, 0, 0, 0) is >= 0 and var descriptor ? new SafeFileHandle(descriptor, ownsHandle: true) : null;

    /// <summary>Sends a signal to a process.</summary>
    /// <returns>True if the process existed.</returns>
    public static bool SendSignal(SafeFileHandle process, int signal) =>
        SystemCall(PidfdSendSignal, process.DangerousGetHandle(), signal, 0, 0) == 0;

    /// <summary>Waits until one of several descriptors has input, or is at its end.</summary>
    /// <param name="descriptors">The descriptors. <see cref="PollDescriptor.Found"/> is set for those that are ready.</param>
    public static void WaitForAny(Span<PollDescriptor> descriptors)
    {
        const int forever = -1;
        fixed (PollDescriptor* first = descriptors)
            _ = Poll(first, (nuint)descriptors.Length, forever);
    }

    [LibraryImport(Library, EntryPoint = "syscall", SetLastError = true)]
    private static partial int SystemCall(nint number, nint first, nint second, nint third, nint fourth);
}
