using System.Runtime.InteropServices;

namespace TacHost.Native;

/// <summary>The functions on sockets that network sockets and local sockets share.</summary>
internal static unsafe partial class LibcSockets
{
    [LibraryImport(Libc.Library, EntryPoint = "socket", SetLastError = true)]
    public static partial int Socket(int domain, int type, int protocol);

    [LibraryImport(Libc.Library, EntryPoint = "bind", SetLastError = true)]
    public static partial int Bind(SafeHandle socket, byte* address, uint length);

    [LibraryImport(Libc.Library, EntryPoint = "listen", SetLastError = true)]
    public static partial int Listen(SafeHandle socket, int backlog);

    [LibraryImport(Libc.Library, EntryPoint = "accept4", SetLastError = true)]
    public static partial int Accept4(SafeHandle socket, byte* address, uint* length, int flags);

    [LibraryImport(Libc.Library, EntryPoint = "shutdown", SetLastError = true)]
    public static partial int Shutdown(SafeHandle socket, int how);

    [LibraryImport(Libc.Library, EntryPoint = "setsockopt", SetLastError = true)]
    public static partial int SetSockOpt(SafeHandle socket, int level, int option, void* value, uint length);

    [LibraryImport(Libc.Library, EntryPoint = "getsockopt", SetLastError = true)]
    public static partial int GetSockOpt(SafeHandle socket, int level, int option, void* value, uint* length);
}
