using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace TacHost.Native;

/// <summary>The functions on local sockets, unix(7), that network sockets do without.</summary>
internal static unsafe partial class LibcLocalSockets
{
    [LibraryImport(Libc.Library, EntryPoint = "connect", SetLastError = true)]
    public static partial int Connect(SafeFileHandle socket, byte* address, uint length);

    [LibraryImport(Libc.Library, EntryPoint = "socketpair", SetLastError = true)]
    public static partial int SocketPair(int family, int kind, int protocol, int* ends);

    [LibraryImport(Libc.Library, EntryPoint = "sendmsg", SetLastError = true)]
    public static partial nint SendMsg(SafeFileHandle socket, void* header, int flags);

    [LibraryImport(Libc.Library, EntryPoint = "recvmsg", SetLastError = true)]
    public static partial nint RecvMsg(SafeFileHandle socket, void* header, int flags);
}
