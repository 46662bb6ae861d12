using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace TacHost.Services.Interop;

/// <summary>Functions to accept connections without a <see cref="Socket"/> for each, and to get the addresses of a socket. Linux only.</summary>
internal static unsafe partial class Libc
{
    private const int SocketCloseOnExec = 0x80000;
    private const int LongestAddress = 128;
    private const int IPv4 = 2;
    private const int IPv6 = 10;

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
            descriptor = Accept(listening, address, ref length, SocketCloseOnExec);
        }
        while (descriptor < 0 && Marshal.GetLastPInvokeError() == Interrupted);
        if (descriptor < 0)
        {
            peer = null;
            return LastSocketError() is var error && error == SocketError.WouldBlock ? -1 : throw new SocketException((int)error);
        }

        peer = ReadAddress(new ReadOnlySpan<byte>(address, (int)length));
        return descriptor;
    }

    /// <summary>Returns the local IP address of a socket.</summary>
    public static IPEndPoint GetSockName(SafeHandle socket)
    {
        var address = stackalloc byte[LongestAddress];
        uint length = LongestAddress;
        return GetName(socket, address, ref length) == 0 && ReadAddress(new ReadOnlySpan<byte>(address, (int)length)) is { } name ? name : throw new SocketException((int)LastSocketError());
    }

    [LibraryImport(Library, EntryPoint = "accept4", SetLastError = true)]
    private static partial int Accept(SafeHandle listening, byte* address, ref uint length, int flags);

    [LibraryImport(Library, EntryPoint = "getsockname", SetLastError = true)]
    private static partial int GetName(SafeHandle socket, byte* address, ref uint length);

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

    /// <summary>Creates an IPv4 address from its number. The constructor for bytes is compiled anew in every process, because it also handles IPv6.</summary>
    private static IPAddress IPv4At(ReadOnlySpan<byte> bytes) => new(MemoryMarshal.Read<uint>(bytes));

    /// <summary>Gets the prefix of an IPv4-mapped IPv6 address (RFC 4291 section 2.5.5.2).</summary>
    private static ReadOnlySpan<byte> MappedPrefix => [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF];
}
