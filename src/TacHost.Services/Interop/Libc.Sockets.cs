using System.Net.Sockets;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace TacHost.Services.Interop;

/// <summary>Sending and receiving without what .NET keeps for each socket, and waiting for many sockets at once. Linux only.</summary>
internal static unsafe partial class Libc
{
    private const int Interrupted = 4;
    private const int WouldBlock = 11;
    private const int DontWaitNoSignal = 0x40 | 0x4000;

    /// <summary>Takes what has come, without waiting, whatever mode the socket is in.</summary>
    public static int ReceiveNow(SafeSocketHandle socket, Span<byte> buffer, out SocketError error)
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

    /// <summary>Sends what the kernel takes, without waiting, whatever mode the socket is in.</summary>
    public static int SendNow(SafeSocketHandle socket, ReadOnlySpan<byte> data, out SocketError error)
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

    [LibraryImport(Library, EntryPoint = "epoll_create1", SetLastError = true)]
    public static partial int CreateEventPoll(int flags);

    [LibraryImport(Library, EntryPoint = "epoll_ctl", SetLastError = true)]
    public static partial int ControlEventPoll(SafeFileHandle poll, int operation, SafeHandle descriptor, byte* anEvent);

    [LibraryImport(Library, EntryPoint = "epoll_wait", SetLastError = true)]
    public static partial int WaitForEvents(SafeFileHandle poll, byte* events, int most, int timeout);

    [LibraryImport(Library, EntryPoint = "eventfd", SetLastError = true)]
    public static partial int CreateEventCounter(uint count, int flags);

    [LibraryImport(Library, EntryPoint = "eventfd_write", SetLastError = true)]
    public static partial int CountEvent(SafeFileHandle counter, ulong count);

    [LibraryImport(Library, EntryPoint = "recv", SetLastError = true)]
    private static partial nint Receive(SafeSocketHandle socket, byte* buffer, nuint length, int flags);

    [LibraryImport(Library, EntryPoint = "send", SetLastError = true)]
    private static partial nint Send(SafeSocketHandle socket, byte* data, nuint length, int flags);

    /// <summary>What .NET makes of the same errno.</summary>
    private static SocketError LastSocketError() => Marshal.GetLastPInvokeError() switch
    {
        WouldBlock => SocketError.WouldBlock,
        32 => SocketError.Shutdown,
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
