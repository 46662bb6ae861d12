using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace TacHost.Native;

/// <summary>Functions to accept connections without a <see cref="Socket"/> for each, and to get the addresses of a socket. Linux only.</summary>
internal static unsafe partial class LibcAddresses
{
    /// <summary>SOCK_CLOEXEC.</summary>
    public const int CloseOnExec = 0x80000;

    /// <summary>The size of struct sockaddr_storage.</summary>
    public const int LongestAddress = 128;

    /// <summary>AF_INET.</summary>
    public const int IPv4 = 2;

    /// <summary>AF_INET6.</summary>
    public const int IPv6 = 10;

    /// <summary>Accepts a connection.</summary>
    /// <param name="listening">The listening socket.</param>
    /// <param name="peer">The address of the peer, or null if it is not an IP address.</param>
    /// <returns>The descriptor, in blocking mode as <see cref="Socket"/> expects, or -1
    /// if the listening socket is non-blocking and no connection is pending.</returns>
    /// <exception cref="SocketException">The call failed.</exception>
    public static int Accept(SafeHandle listening, out IPEndPoint? peer)
    {
        var address = stackalloc byte[LongestAddress];
        int descriptor;
        uint length;
        do
        {
            length = LongestAddress;
            descriptor = LibcSockets.Accept4(listening, address, &length, CloseOnExec);
        }
        while (descriptor < 0 && Marshal.GetLastPInvokeError() == Errno.Interrupted);
        if (descriptor < 0)
        {
            peer = null;
            return SocketErrors.Last() is var error && error == SocketError.WouldBlock ? -1 : throw new SocketException((int)error);
        }

        peer = ReadAddress(new ReadOnlySpan<byte>(address, (int)length));
        return descriptor;
    }

    /// <summary>Returns the local IP address of a socket.</summary>
    public static IPEndPoint GetSockName(SafeHandle socket)
    {
        var address = stackalloc byte[LongestAddress];
        uint length = LongestAddress;
        return GetSockName(socket, address, ref length) == 0 && ReadAddress(new ReadOnlySpan<byte>(address, (int)length)) is { } name ? name : throw new SocketException((int)SocketErrors.Last());
    }

    /// <summary>Returns the addresses of a host name in the order of the resolver. Blocks. Returns an empty list if the name does not resolve.</summary>
    public static List<IPAddress> AddressesOf(string hostName)
    {
        AddressInfo hints = new() { SocketType = 1 };
        List<IPAddress> addresses = [];
        if (GetAddrInfo(hostName, 0, &hints, out var first) != 0)
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
            FreeAddrInfo(first);
        }
    }

    /// <summary>Writes a struct sockaddr_in or sockaddr_in6.</summary>
    /// <returns>The length of the struct in bytes.</returns>
    public static uint WriteAddress(IPEndPoint endPoint, Span<byte> address)
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

    [LibraryImport(Libc.Library, EntryPoint = "getsockname", SetLastError = true)]
    private static partial int GetSockName(SafeHandle socket, byte* address, ref uint length);

    [LibraryImport(Libc.Library, EntryPoint = "getaddrinfo", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int GetAddrInfo(string node, nint service, AddressInfo* hints, out AddressInfo* result);

    [LibraryImport(Libc.Library, EntryPoint = "freeaddrinfo")]
    private static partial void FreeAddrInfo(AddressInfo* info);

    /// <summary>Reads a struct sockaddr_in or sockaddr_in6. Returns an IPv4-mapped IPv6 address as IPv4.</summary>
    private static IPEndPoint? ReadAddress(ReadOnlySpan<byte> address)
    {
        var family = address.Length < sizeof(ushort) ? 0 : MemoryMarshal.Read<ushort>(address);
        if (family is not (IPv4 or IPv6))
            return null;
        var port = BinaryPrimitives.ReadUInt16BigEndian(address[2..]);
        if (family == IPv4)
            return new IPEndPoint(IPv4At(address[4..]), port);
        var bytes = address.Slice(8, 16);
        return new IPEndPoint(bytes[..12].SequenceEqual(MappedPrefix) ? IPv4At(bytes[12..]) : new IPAddress(bytes, MemoryMarshal.Read<uint>(address[24..])), port);
    }

    /// <summary>Creates an IPv4 address from its number. The constructor for bytes, which also handles IPv6, is compiled by the JIT in every process.</summary>
    private static IPAddress IPv4At(ReadOnlySpan<byte> bytes) => new(MemoryMarshal.Read<uint>(bytes));

    /// <summary>Gets the prefix of an IPv4-mapped IPv6 address (RFC 4291 section 2.5.5.2).</summary>
    private static ReadOnlySpan<byte> MappedPrefix => [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF];

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
