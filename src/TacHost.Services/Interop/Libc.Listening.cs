using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace TacHost.Services.Interop;

/// <summary>Functions to listen and to resolve a name without the assemblies that <see cref="Socket"/> loads.</summary>
internal static unsafe partial class Libc
{
    private const int Stream = 1;
    private const int ReuseAddressOption = 2;
    private const int TcpLevel = 6;
    private const int NoDelayOption = 1;
    private const int IPv6Level = 41;
    private const int OnlyIPv6Option = 26;
    private const int AttachFilterOption = 26;
    private const int NonBlocking = 0x800;

    /// <summary>Creates a listening TCP socket. A socket on the IPv6 wildcard address also accepts IPv4.</summary>
    /// <exception cref="SocketException">The address cannot be bound.</exception>
    public static SafeHandle Listen(IPEndPoint endPoint, int backlog)
    {
        var isIPv6 = endPoint.AddressFamily == AddressFamily.InterNetworkV6;
        SafeFileHandle socket = new(CreateSocket(isIPv6 ? IPv6 : IPv4, Stream | SocketCloseOnExec, 0), ownsHandle: true);
        try
        {
            Check(socket.IsInvalid ? -1 : 0);
            if (isIPv6)
                SetFlag(socket, IPv6Level, OnlyIPv6Option, !endPoint.Address.Equals(IPAddress.IPv6Any));

            // Allows the port to be bound while connections of the previous process are in TIME_WAIT.
            SetFlag(socket, SocketLevel, ReuseAddressOption, true);

            // Accepted sockets inherit the option on Linux, which saves a system call per connection.
            SetFlag(socket, TcpLevel, NoDelayOption, true);
            var address = stackalloc byte[LongestAddress];
            Check(Bind(socket, address, WriteAddress(endPoint, new Span<byte>(address, LongestAddress))));
            Check(Listen(socket, backlog));
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
        _ = SetOption(socket, SocketLevel, AttachFilterOption, &filter, (uint)sizeof(SocketFilter));
    }

    /// <summary>Sets the backlog of a socket that is already listening.</summary>
    public static void SetBacklog(SafeHandle socket, int backlog) => Check(Listen(socket, backlog));

    /// <summary>Sets a socket to non-blocking mode.</summary>
    public static void SetNonBlocking(SafeHandle socket)
    {
        var held = false;
        try
        {
            socket.DangerousAddRef(ref held);
            var descriptor = (int)socket.DangerousGetHandle();
            Check(Fcntl(descriptor, DescriptorCommand.SetStatus, Fcntl(descriptor, DescriptorCommand.GetStatus, 0) | NonBlocking) < 0 ? -1 : 0);
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
            var wait = new PollDescriptor { Descriptor = (int)socket.DangerousGetHandle(), Events = PollDescriptor.Readable };
            return Poll(&wait, 1, 0) > 0 && (wait.Occurred & PollDescriptor.Readable) != 0;
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
        using SafeFileHandle socket = new(CreateSocket(IPv6, Stream | SocketCloseOnExec, 0), ownsHandle: true);
        return !socket.IsInvalid;
    }

    /// <summary>Returns the addresses of a host name in the order of the resolver. Blocks. Returns an empty list if the name does not resolve.</summary>
    public static List<IPAddress> AddressesOf(string hostName)
    {
        AddressInfo hints = new() { SocketType = Stream };
        List<IPAddress> addresses = [];
        if (GetAddressInfo(hostName, 0, &hints, out var first) != 0)
            return addresses;
        try
        {
            for (var each = first; each != null; each = each->Next)
            {
                if (ReadAddress(new ReadOnlySpan<byte>(each->Address, (int)each->AddressLength)) is { Address: var address } && !addresses.Contains(address))
                    addresses.Add(address);
            }

            return addresses;
        }
        finally
        {
            FreeAddressInfo(first);
        }
    }

    private static void Check(int result)
    {
        if (result != 0)
            throw new SocketException((int)LastSocketError());
    }

    private static void SetFlag(SafeHandle socket, int level, int option, bool value)
    {
        var number = value ? 1 : 0;
        Check(SetOption(socket, level, option, &number, sizeof(int)));
    }

    /// <summary>Writes a struct sockaddr_in or sockaddr_in6.</summary>
    /// <returns>The length of the struct in bytes.</returns>
    private static uint WriteAddress(IPEndPoint endPoint, Span<byte> address)
    {
        address.Clear();
        BinaryPrimitives.WriteUInt16BigEndian(address[2..], (ushort)endPoint.Port);
        if (endPoint.AddressFamily == AddressFamily.InterNetwork)
        {
            MemoryMarshal.Write(address, (ushort)IPv4);
            endPoint.Address.TryWriteBytes(address[4..], out _);
            return 16;
        }

        MemoryMarshal.Write(address, (ushort)IPv6);
        endPoint.Address.TryWriteBytes(address[8..], out _);
        MemoryMarshal.Write(address[24..], (uint)endPoint.Address.ScopeId);
        return 28;
    }

    /// <summary>Returns a struct sock_filter.</summary>
    private static ulong FilterInstruction(ushort code, byte ifTrue, byte ifFalse, uint operand) =>
        BitConverter.IsLittleEndian ? code | ((ulong)ifTrue << 16) | ((ulong)ifFalse << 24) | ((ulong)operand << 32) : ((ulong)code << 48) | ((ulong)ifTrue << 40) | ((ulong)ifFalse << 32) | operand;

    [LibraryImport(Library, EntryPoint = "listen", SetLastError = true)]
    private static partial int Listen(SafeHandle socket, int backlog);

    [LibraryImport(Library, EntryPoint = "getaddrinfo", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int GetAddressInfo(string node, nint service, AddressInfo* hints, out AddressInfo* result);

    [LibraryImport(Library, EntryPoint = "freeaddrinfo")]
    private static partial void FreeAddressInfo(AddressInfo* info);

    /// <summary>struct sock_fprog.</summary>
    [StructLayout(LayoutKind.Sequential)]
    private struct SocketFilter
    {
        public ushort Length;
        public ulong* Program;
    }

    /// <summary>struct addrinfo of getaddrinfo(3).</summary>
    [StructLayout(LayoutKind.Sequential)]
    private struct AddressInfo
    {
        public int Flags;
        public int Family;
        public int SocketType;
        public int Protocol;
        public uint AddressLength;
        public byte* Address;
        public byte* CanonicalName;
        public AddressInfo* Next;
    }
}
