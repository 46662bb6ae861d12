using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace TacHost.Native;

/// <summary>Functions to send and receive without a <see cref="Socket"/>. Linux only.</summary>
internal static unsafe partial class LibcStreams
{
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
                count = Recv(socket, start, (nuint)buffer.Length, DontWaitNoSignal);
            while (count < 0 && Marshal.GetLastPInvokeError() == Errno.Interrupted);
            error = count < 0 ? SocketErrors.Last() : SocketError.Success;
            return (int)Math.Max(count, 0);
        }
    }

    /// <summary>Sends as much as the kernel accepts without waiting, in either blocking mode of the socket.</summary>
    public static int TrySend(SafeHandle socket, ReadOnlySpan<byte> data, out SocketError error)
    {
        fixed (byte* start = data)
        {
            nint count;
            do
                count = Send(socket, start, (nuint)data.Length, DontWaitNoSignal);
            while (count < 0 && Marshal.GetLastPInvokeError() == Errno.Interrupted);
            error = count < 0 ? SocketErrors.Last() : SocketError.Success;
            return (int)Math.Max(count, 0);
        }
    }

    public static bool HasUnread(SafeHandle socket)
    {
        byte any;
        return Recv(socket, &any, 1, DontWaitNoSignal | Peek) > 0;
    }

    /// <summary>Shuts down the sending side. Ignores errors of a closed connection.</summary>
    public static void ShutdownWrite(SafeHandle socket) => _ = LibcSockets.Shutdown(socket, ShutWrite);

    /// <summary>Sets SO_LINGER to zero, so that the next close sends a reset.</summary>
    public static void SetLingerZero(SafeHandle socket)
    {
        var atOnce = stackalloc int[] { 1, 0 };
        _ = LibcSockets.SetSockOpt(socket, SocketLevel, LingerOption, atOnce, 2 * sizeof(int));
    }

    /// <summary>Returns the process, user and group ID of the peer of a UNIX socket.</summary>
    /// <exception cref="SocketException">The socket is no longer connected.</exception>
    public static (int Process, int User, int Group) CredentialsOf(SafeHandle socket)
    {
        var credentials = stackalloc int[3];
        uint length = 3 * sizeof(int);
        return LibcSockets.GetSockOpt(socket, SocketLevel, PeerCredentials, credentials, &length) == 0 ? (credentials[0], credentials[1], credentials[2]) : throw new SocketException((int)SocketErrors.Last());
    }

    [LibraryImport(Libc.Library, EntryPoint = "recv", SetLastError = true)]
    private static partial nint Recv(SafeHandle socket, byte* buffer, nuint length, int flags);

    [LibraryImport(Libc.Library, EntryPoint = "send", SetLastError = true)]
    private static partial nint Send(SafeHandle socket, byte* data, nuint length, int flags);
}
