using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace TacHost.Services.Interop;

/// <summary>Listening, and looking up a name, without what .NET loads for sockets of every kind.</summary>
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

    /// <summary>Makes a TCP socket that listens. One for every IPv6 address takes IPv4 as well.</summary>
    /// <exception cref="SocketException">The address cannot be had.</exception>
    public static SafeHandle Listen(IPEndPoint endPoint, int backlog)
    {
        var isIPv6 = endPoint.AddressFamily == AddressFamily.InterNetworkV6;
        SafeFileHandle socket = new(CreateSocket(isIPv6 ? IPv6 : IPv4, Stream | SocketCloseOnExec, 0), ownsHandle: true);
        try
        {
            Check(socket.IsInvalid ? -1 : 0);
            if (isIPv6)
                SetFlag(socket, IPv6Level, OnlyIPv6Option, !endPoint.Address.Equals(IPAddress.IPv6Any));

            // A port can be had again while connections of the process before are in TIME_WAIT.
            SetFlag(socket, SocketLevel, ReuseAddressOption, true);

            // Linux hands this on to each accepted socket, which saves a call per connection.
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

    /// <summary>Drops each request for a new connection from here on, while handshakes that have begun can complete. A client tries again after a second.</summary>
    /// <remarks>A filter of socket(7): the socket sees no segment that has SYN without ACK. Fails in silence, since the close that follows works without it.</remarks>
    public static void DropNewConnections(SafeHandle socket)
    {
        // ldb [13]; jset #SYN, drop; ret all; ret 0: the flags are the 14th byte of a TCP header.
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

    /// <summary>Sets the length of the backlog of a socket that listens already.</summary>
    public static void SetBacklog(SafeHandle socket, int backlog) => Check(Listen(socket, backlog));

    /// <summary>Makes calls on the socket return at once where they would wait.</summary>
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

    /// <summary>Whether there is a connection to accept. A closed socket has none.</summary>
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

    /// <summary>Whether this kernel has IPv6.</summary>
    public static bool HasIPv6()
    {
        using SafeFileHandle socket = new(CreateSocket(IPv6, Stream | SocketCloseOnExec, 0), ownsHandle: true);
        return !socket.IsInvalid;
    }

    /// <summary>The addresses of a host name, in the order of the resolver, which is waited for. None if it does not resolve.</summary>
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

    /// <summary>Makes a struct sockaddr_in or sockaddr_in6.</summary>
    /// <returns>How long it is.</returns>
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

    /// <summary>Makes a struct sock_filter.</summary>
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
