using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace TacHost.Native;

/// <summary>The functions that act on this process, and on others by a descriptor, pidfd_open(2), which never means another process that has got the same ID.</summary>
internal static unsafe partial class LibcExecution
{
    /// <summary>The numbers of the system calls, the same on x86-64 and arm64. The C library has functions for them only since 2.36.</summary>
    private const nint PidfdSendSignalNumber = 424, PidfdOpenNumber = 434;

    /// <summary>Returns a descriptor of a process, or null if the process does not exist.</summary>
    public static SafeFileHandle? PidfdOpen(int process) =>
        Syscall(PidfdOpenNumber, process, 0, 0, 0) is >= 0 and var descriptor ? new SafeFileHandle(descriptor, ownsHandle: true) : null;

    /// <summary>Sends a signal to a process.</summary>
    /// <returns>True if the process existed.</returns>
    public static bool PidfdSendSignal(SafeFileHandle process, int signal) =>
        Syscall(PidfdSendSignalNumber, process.DangerousGetHandle(), signal, 0, 0) == 0;

    /// <summary>Ends this process by the default action of the signal.</summary>
    public static void EndBySignal(int signal)
    {
        ResetSignal(signal);
        _ = LibcProcesses.Kill(Environment.ProcessId, signal);
    }

    /// <summary>Restores the default action of a signal.</summary>
    public static void ResetSignal(int signal)
    {
        const nint byDefault = 0;
        _ = Signal(signal, byDefault);
    }

    [LibraryImport(Libc.Library, EntryPoint = "execve", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int Execve(string path, byte** arguments, byte** environment);

    [LibraryImport(Libc.Library, EntryPoint = "signal", SetLastError = true)]
    private static partial nint Signal(int signal, nint handler);

    [LibraryImport(Libc.Library, EntryPoint = "syscall", SetLastError = true)]
    private static partial int Syscall(nint number, nint first, nint second, nint third, nint fourth);
}
