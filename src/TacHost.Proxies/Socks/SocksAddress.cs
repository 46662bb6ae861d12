using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using System.Text;
using TacHost.Services.Networking;

namespace TacHost.Proxies.Socks;

/// <summary>A destination in SOCKS5 format: an address type, an address or a name, and a port (RFC 1928, section 5).</summary>
/// <param name="Address">The address, or null for a name.</param>
/// <param name="Name">The name, or null for an address.</param>
/// <param name="Port">The port.</param>
internal sealed record SocksAddress(IPAddress? Address, string? Name, int Port)
{
    private const byte IPv4 = 1;
    private const byte HostName = 3;
    private const byte IPv6 = 4;

    /// <summary>Creates a destination from an address. Converts an IPv4-mapped IPv6 address to IPv4, so that the rules match it.</summary>
    public static SocksAddress Of(IPAddress address, int port) => new(address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address, null, port);

    /// <summary>
    /// Creates a destination from a name, or from an address in text form. Removes a final dot,
    /// which is irrelevant for the lookup, so that the rules match the name.
    /// </summary>
    public static SocksAddress Of(string name, int port)
    {
        if (name is [_, .., '.'])
            name = name[..^1];
        return AddressText.TryParse(name, out var address) ? Of(address, port) : new SocksAddress(null, name, port);
    }

    /// <summary>Parses a destination.</summary>
    /// <param name="bytes">The received bytes, starting with the address type.</param>
    /// <param name="address">The parsed destination, or null.</param>
    /// <returns>The length of the destination, 0 if it is incomplete, -1 if the address type is unknown, or -2 if the name is invalid.</returns>
    public static int TryRead(ReadOnlySpan<byte> bytes, out SocksAddress? address)
    {
        address = null;
        if (bytes.Length < 2)
            return 0;
        var start = bytes[0] == HostName ? 2 : 1;
        var length = bytes[0] switch
        {
            IPv4 => 4,
            HostName => bytes[1],
            IPv6 => 16,
            _ => -1,
        };
        if (length < 0)
            return -1;
        var end = start + length + sizeof(ushort);
        if (bytes.Length < end)
            return 0;
        var content = bytes.Slice(start, length);
        var port = BinaryPrimitives.ReadUInt16BigEndian(bytes[(start + length)..]);
        if (bytes[0] == HostName && !IsName(content))
            return -2;
        address = bytes[0] == HostName ? Of(Encoding.ASCII.GetString(content), port) : Of(new IPAddress(content), port);
        return end;
    }

    public static byte[] Write(IPEndPoint endPoint)
    {
        var address = endPoint.Address.IsIPv4MappedToIPv6 ? endPoint.Address.MapToIPv4() : endPoint.Address;
        byte kind = address.AddressFamily == AddressFamily.InterNetwork ? IPv4 : IPv6;
        return [kind, .. address.GetAddressBytes(), (byte)(endPoint.Port >> 8), (byte)endPoint.Port];
    }

    /// <summary>Returns true if the bytes can be a host name, without characters that are unsafe in logs or for resolvers.</summary>
    public static bool IsName(ReadOnlySpan<byte> bytes)
    {
        foreach (var each in bytes)
        {
            if (!char.IsAsciiLetterOrDigit((char)each) && each is not ((byte)'.' or (byte)'-' or (byte)'_' or (byte)':'))
                return false;
        }

        return bytes.Length > 0;
    }

    /// <inheritdoc/>
    public override string ToString() => Address is null ? $"{Name}:{Port}" : new IPEndPoint(Address, Port).ToString();
}
