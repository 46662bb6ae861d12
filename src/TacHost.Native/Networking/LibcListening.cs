using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace TacHost.Native;

/// <summary>Functions to listen without the assemblies that <see cref="Socket"/> loads.</summary>
internal static unsafe class LibcListening
{
    private const int Stream = 1;
    private const int ReuseAddressOption = 2;
    private const int TcpLevel = 6;
    private const int NoDelayOption = 1;
    private const int IPv6Level = 41;
    private const int OnlyIPv6Option = 26;
    private const int AttachFilterOption = 26;
    private const int SocketLevel = 1;

    /// <summary>Creates a listening TCP socket. A socket on the IPv6 wildcard address also accepts IPv4.</summary>
    /// <exception cref="SocketException">The address cannot be bound.</exception>
    public static SafeHandle Listen(IPEndPoint endPoint, int backlog)
    {
        var isIPv6 = endPoint.AddressFamily == AddressFamily.InterNetworkV6;
        SafeFileHandle socket = new(LibcSockets.Socket(isIPv6 ? LibcAddresses.IPv6 : LibcAddresses.IPv4, Stream | LibcAddresses.CloseOnExec, 0), ownsHandle: true);
        try
        {
            Check(socket.IsInvalid ? -1 : 0);
            if (isIPv6)
                SetFlag(socket, IPv6Level, OnlyIPv6Option, !endPoint.Address.Equals(IPAddress.IPv6Any));

            // Allows the port to be bound while connections of the previous process are in TIME_WAIT.
            SetFlag(socket, SocketLevel, ReuseAddressOption, true);

            // Accepted sockets inherit the option on Linux, which saves a system call per connection.
            SetFlag(socket, TcpLevel, NoDelayOption, true);
            var address = stackalloc byte[LibcAddresses.LongestAddress];
            Check(LibcSockets.Bind(socket, address, LibcAddresses.WriteAddress(endPoint, new Span<byte>(address, LibcAddresses.LongestAddress))));
            Check(LibcSockets.Listen(socket, backlog));
            return socket;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    /// <summary>Drops further connection requests, while handshakes in progress can still complete. A client retries after a second.</summary>
    /// <remarks>
    /// Attaches a socket filter (socket(7)) that drops segments with SYN but without ACK.
    /// Ignores errors, because the subsequent close works without the filter.
    /// </remarks>
    public static void DropNewConnections(SafeHandle socket)
    {
        // ldb [13]; jset #SYN, drop; ret all; ret 0. The flags are the 14th byte of a TCP header.
        var program = stackalloc ulong[]
        {
            FilterInstruction(0x30, 0, 0, 13),
            FilterInstruction(0x45, 1, 0, 0x02),
            FilterInstruction(0x06, 0, 0, uint.MaxValue),
            FilterInstruction(0x06, 0, 0, 0),
        };
        SocketFilter filter = new() { Length = 4, Program = program };
        _ = LibcSockets.SetSockOpt(socket, SocketLevel, AttachFilterOption, &filter, (uint)sizeof(SocketFilter));
    }

    public static void SetBacklog(SafeHandle socket, int backlog) => Check(LibcSockets.Listen(socket, backlog));

    /// <summary>Sets a socket to non-blocking mode.</summary>
    public static void SetNonBlocking(SafeHandle socket)
    {
        var held = false;
        try
        {
            socket.DangerousAddRef(ref held);
            var descriptor = (int)socket.DangerousGetHandle();
            Check(Libc.Fcntl(descriptor, DescriptorCommand.SetStatus, Libc.Fcntl(descriptor, DescriptorCommand.GetStatus, 0) | (int)OpenFlags.NonBlocking) < 0 ? -1 : 0);
        }
        finally
        {
            if (held)
                socket.DangerousRelease();
        }
    }

    /// <summary>Returns whether a connection is pending. A closed socket has none.</summary>
    public static bool HasBacklog(SafeHandle socket)
    {
        var held = false;
        try
        {
            socket.DangerousAddRef(ref held);
            var wait = new PollDescriptor { Descriptor = (int)socket.DangerousGetHandle(), Events = PollDescriptor.PollIn };
            return Libc.Poll(&wait, 1, 0) > 0 && (wait.ReturnedEvents & PollDescriptor.PollIn) != 0;
        }
        catch (ObjectDisposedException)
        {
            return false;
        }
        finally
        {
            if (held)
                socket.DangerousRelease();
        }
    }

    /// <summary>Returns whether the kernel supports IPv6.</summary>
    public static bool HasIPv6()
    {
        using SafeFileHandle socket = new(LibcSockets.Socket(LibcAddresses.IPv6, Stream | LibcAddresses.CloseOnExec, 0), ownsHandle: true);
        return !socket.IsInvalid;
    }

    private static void Check(int result)
    {
        if (result != 0)
            throw new SocketException((int)SocketErrors.Last());
    }

    private static void SetFlag(SafeHandle socket, int level, int option, bool value)
    {
        var number = value ? 1 : 0;
        Check(LibcSockets.SetSockOpt(socket, level, option, &number, sizeof(int)));
    }

    private static ulong FilterInstruction(ushort code, byte ifTrue, byte ifFalse, uint operand) =>
        BitConverter.IsLittleEndian ? code | ((ulong)ifTrue << 16) | ((ulong)ifFalse << 24) | ((ulong)operand << 32) : ((ulong)code << 48) | ((ulong)ifTrue << 40) | ((ulong)ifFalse << 32) | operand;

    /// <summary>struct sock_fprog.</summary>
    [StructLayout(LayoutKind.Sequential)]
    private struct SocketFilter
    {
        public ushort Length;
        public ulong* Program;
    }
}
