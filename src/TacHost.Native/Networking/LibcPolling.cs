using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace TacHost.Native;

/// <summary>epoll(7) and eventfd(2), to wait for many sockets and to wake a thread that waits.</summary>
internal static unsafe partial class LibcPolling
{
    [LibraryImport(Libc.Library, EntryPoint = "epoll_create1", SetLastError = true)]
    public static partial int EpollCreate1(int flags);

    [LibraryImport(Libc.Library, EntryPoint = "epoll_ctl", SetLastError = true)]
    public static partial int EpollCtl(SafeFileHandle poll, int operation, SafeHandle descriptor, byte* anEvent);

    [LibraryImport(Libc.Library, EntryPoint = "epoll_wait", SetLastError = true)]
    public static partial int EpollWait(SafeFileHandle poll, byte* events, int most, int timeout);

    [LibraryImport(Libc.Library, EntryPoint = "eventfd", SetLastError = true)]
    public static partial int EventFd(uint count, int flags);

    [LibraryImport(Libc.Library, EntryPoint = "eventfd_write", SetLastError = true)]
    public static partial int EventFdWrite(SafeFileHandle counter, ulong count);

    [LibraryImport(Libc.Library, EntryPoint = "eventfd_read", SetLastError = true)]
    public static partial int EventFdRead(SafeFileHandle counter, out ulong count);
}
