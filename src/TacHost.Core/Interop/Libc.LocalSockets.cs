using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace TacHost.Interop;

/// <summary>The calls on local sockets, unix(7), and on terminals.</summary>
internal static unsafe partial class Libc
{
    [LibraryImport(Library, EntryPoint = "getresuid")]
    public static partial int GetUserIds(out uint real, out uint effective, out uint saved);

    [LibraryImport(Library, EntryPoint = "socket", SetLastError = true)]
    public static partial int CreateSocket(int family, int kind, int protocol);

    [LibraryImport(Library, EntryPoint = "bind", SetLastError = true)]
    public static partial int Bind(SafeFileHandle socket, void* address, uint length);

    [LibraryImport(Library, EntryPoint = "listen", SetLastError = true)]
    public static partial int Listen(SafeFileHandle socket, int backlog);

    [LibraryImport(Library, EntryPoint = "accept4", SetLastError = true)]
    public static partial int Accept(SafeFileHandle socket, void* address, uint* length, int flags);

    [LibraryImport(Library, EntryPoint = "connect", SetLastError = true)]
    public static partial int Connect(SafeFileHandle socket, void* address, uint length);

    [LibraryImport(Library, EntryPoint = "shutdown", SetLastError = true)]
    public static partial int ShutDown(SafeFileHandle socket, int how);

    [LibraryImport(Library, EntryPoint = "setsockopt", SetLastError = true)]
    public static partial int SetSocketOption(SafeFileHandle socket, int level, int option, void* value, uint length);

    [LibraryImport(Library, EntryPoint = "getsockopt", SetLastError = true)]
    public static partial int GetSocketOption(SafeFileHandle socket, int level, int option, void* value, ref uint length);

    [LibraryImport(Library, EntryPoint = "ioctl", SetLastError = true)]
    public static partial int GetWindowSize(int descriptor, nuint request, out WindowSize size);

    /// <summary>Returns which of the events happen on a descriptor before a time is over; 0 if none does.</summary>
    public static short WaitFor(SafeFileHandle file, short events, TimeSpan time)
    {
        PollDescriptor descriptor = new() { Descriptor = (int)file.DangerousGetHandle(), Events = events };
        return Poll(&descriptor, 1, (int)Math.Min(time.TotalMilliseconds, int.MaxValue)) > 0 ? descriptor.Found : (short)0;
    }
}
