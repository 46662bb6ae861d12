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
    private const int ShutAll = 2;

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

    /// <summary>Ends the listening of a socket, for all who share it; an accept that waits ends with an error.</summary>
    public static void EndListening(SafeHandle socket) => _ = Shutdown(socket, ShutAll);

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

    [LibraryImport(Library, EntryPoint = "listen", SetLastError = true)]
    private static partial int Listen(SafeHandle socket, int backlog);

    [LibraryImport(Library, EntryPoint = "getaddrinfo", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int GetAddressInfo(string node, nint service, AddressInfo* hints, out AddressInfo* result);

    [LibraryImport(Library, EntryPoint = "freeaddrinfo")]
    private static partial void FreeAddressInfo(AddressInfo* info);

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
