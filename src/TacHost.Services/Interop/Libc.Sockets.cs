using System.Net.Sockets;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace TacHost.Services.Interop;

/// <summary>Functions to send and receive without a <see cref="Socket"/>, and to poll many sockets. Linux only.</summary>
internal static unsafe partial class Libc
{
    private const int Interrupted = 4;
    private const int WouldBlock = 11;
    private const int DontWaitNoSignal = 0x40 | 0x4000;
    private const int Peek = 0x02;
    private const int SocketLevel = 1;
    private const int LingerOption = 13;
    private const int PeerCredentials = 17;
    private const int ShutWrite = 1;

    /// <summary>Receives the available data without waiting, in either blocking mode of the socket.</summary>
    public static int ReceiveNow(SafeHandle socket, Span<byte> buffer, out SocketError error)
    {
        fixed (byte* start = buffer)
        {
            nint count;
            do
                count = Receive(socket, start, (nuint)buffer.Length, DontWaitNoSignal);
            while (count < 0 && Marshal.GetLastPInvokeError() == Interrupted);
            error = count < 0 ? LastSocketError() : SocketError.Success;
            return (int)Math.Max(count, 0);
        }
    }

    /// <summary>Sends as much as the kernel accepts without waiting, in either blocking mode of the socket.</summary>
    public static int SendNow(SafeHandle socket, ReadOnlySpan<byte> data, out SocketError error)
    {
        fixed (byte* start = data)
        {
            nint count;
            do
                count = Send(socket, start, (nuint)data.Length, DontWaitNoSignal);
            while (count < 0 && Marshal.GetLastPInvokeError() == Interrupted);
            error = count < 0 ? LastSocketError() : SocketError.Success;
            return (int)Math.Max(count, 0);
        }
    }

    /// <summary>Returns whether the socket has unread data.</summary>
    public static bool HasUnread(SafeHandle socket)
    {
        byte any;
        return Receive(socket, &any, 1, DontWaitNoSignal | Peek) > 0;
    }

    /// <summary>Shuts down the sending side. Ignores errors if the connection is gone.</summary>
    public static void ShutdownWrite(SafeHandle socket) => _ = Shutdown(socket, ShutWrite);

    /// <summary>Sets SO_LINGER to zero, so that the next close sends a reset.</summary>
    public static void SetLingerZero(SafeHandle socket)
    {
        var atOnce = stackalloc int[] { 1, 0 };
        _ = SetOption(socket, SocketLevel, LingerOption, atOnce, 2 * sizeof(int));
    }

    /// <summary>Returns the process, user and group ID of the peer of a UNIX socket.</summary>
    /// <exception cref="SocketException">The socket is no longer connected.</exception>
    public static (int Process, int User, int Group) CredentialsOf(SafeHandle socket)
    {
        var credentials = stackalloc int[3];
        uint length = 3 * sizeof(int);
        return GetOption(socket, SocketLevel, PeerCredentials, credentials, ref length) == 0 ? (credentials[0], credentials[1], credentials[2]) : throw new SocketException((int)LastSocketError());
    }

    [LibraryImport(Library, EntryPoint = "close", SetLastError = true)]
    public static partial int Close(int descriptor);

    [LibraryImport(Library, EntryPoint = "epoll_create1", SetLastError = true)]
    public static partial int EpollCreate(int flags);

    [LibraryImport(Library, EntryPoint = "epoll_ctl", SetLastError = true)]
    public static partial int EpollCtl(SafeFileHandle poll, int operation, SafeHandle descriptor, byte* anEvent);

    [LibraryImport(Library, EntryPoint = "epoll_wait", SetLastError = true)]
    public static partial int EpollWait(SafeFileHandle poll, byte* events, int most, int timeout);

    [LibraryImport(Library, EntryPoint = "eventfd", SetLastError = true)]
    public static partial int EventFd(uint count, int flags);

    [LibraryImport(Library, EntryPoint = "eventfd_write", SetLastError = true)]
    public static partial int WriteEventFd(SafeFileHandle counter, ulong count);

    [LibraryImport(Library, EntryPoint = "eventfd_read", SetLastError = true)]
    public static partial int ReadEventFd(SafeFileHandle counter, out ulong count);

    [LibraryImport(Library, EntryPoint = "recv", SetLastError = true)]
    private static partial nint Receive(SafeHandle socket, byte* buffer, nuint length, int flags);

    [LibraryImport(Library, EntryPoint = "send", SetLastError = true)]
    private static partial nint Send(SafeHandle socket, byte* data, nuint length, int flags);

    [LibraryImport(Library, EntryPoint = "shutdown", SetLastError = true)]
    private static partial int Shutdown(SafeHandle socket, int how);

    [LibraryImport(Library, EntryPoint = "setsockopt", SetLastError = true)]
    private static partial int SetOption(SafeHandle socket, int level, int option, void* value, uint length);

    [LibraryImport(Library, EntryPoint = "getsockopt", SetLastError = true)]
    private static partial int GetOption(SafeHandle socket, int level, int option, void* value, ref uint length);

    /// <summary>Returns the <see cref="SocketError"/> that <see cref="Socket"/> uses for the same errno.</summary>
    private static SocketError LastSocketError() => Marshal.GetLastPInvokeError() switch
    {
        WouldBlock => SocketError.WouldBlock,
        9 => SocketError.OperationAborted,
        22 => SocketError.InvalidArgument,
        1 or 13 => SocketError.AccessDenied,
        23 or 24 => SocketError.TooManyOpenSockets,
        32 => SocketError.Shutdown,
        97 => SocketError.AddressFamilyNotSupported,
        98 => SocketError.AddressAlreadyInUse,
        99 => SocketError.AddressNotAvailable,
        100 => SocketError.NetworkDown,
        101 => SocketError.NetworkUnreachable,
        102 => SocketError.NetworkReset,
        103 => SocketError.ConnectionAborted,
        104 => SocketError.ConnectionReset,
        105 => SocketError.NoBufferSpaceAvailable,
        107 => SocketError.NotConnected,
        110 => SocketError.TimedOut,
        111 => SocketError.ConnectionRefused,
        112 => SocketError.HostDown,
        113 => SocketError.HostUnreachable,
        _ => SocketError.SocketError,
    };
}
