using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using System.Text;
using TacHost.Services.Networking;

namespace TacHost.Servers.Socks;

/// <summary>A destination as SOCKS5 writes it: a kind, an address or a name, a port (RFC 1928, section 5).</summary>
/// <param name="Address">The address, or null for a name.</param>
/// <param name="Name">The name, or null for an address.</param>
/// <param name="Port">The port.</param>
internal sealed record SocksAddress(IPAddress? Address, string? Name, int Port)
{
    private const byte IPv4 = 1;
    private const byte HostName = 3;
    private const byte IPv6 = 4;

    /// <summary>An address; one of IPv4 in IPv6 form becomes one of IPv4, so that no rule misses it.</summary>
    public static SocksAddress Of(IPAddress address, int port) => new(address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address, null, port);

    /// <summary>A name; one that is an address becomes that. The dot behind the last label, which makes no difference to what it stands for, makes none to the rules.</summary>
    public static SocksAddress Of(string name, int port)
    {
        if (name is [_, .., '.'])
            name = name[..^1];
        return AddressText.TryParse(name, out var address) ? Of(address, port) : new SocksAddress(null, name, port);
    }

    /// <summary>Reads one.</summary>
    /// <param name="bytes">What has come so far, from the kind on.</param>
    /// <param name="address">What it is.</param>
    /// <returns>Its length, 0 if more must come, -1 if there is no such kind, -2 if it is no name.</returns>
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

    /// <summary>Writes an address and a port.</summary>
    public static byte[] Write(IPEndPoint endPoint)
    {
        var address = endPoint.Address.IsIPv4MappedToIPv6 ? endPoint.Address.MapToIPv4() : endPoint.Address;
        byte kind = address.AddressFamily == AddressFamily.InterNetwork ? IPv4 : IPv6;
        return [kind, .. address.GetAddressBytes(), (byte)(endPoint.Port >> 8), (byte)endPoint.Port];
    }

    /// <summary>Whether it can be a host name: no spaces, no control characters, nothing that a log or a resolver would trip over.</summary>
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
