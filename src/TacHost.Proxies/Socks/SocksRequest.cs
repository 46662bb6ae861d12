using System.Buffers.Binary;
using System.Net;
using System.Text;

namespace TacHost.Proxies.Socks;

/// <summary>A request of SOCKS4 or SOCKS5.</summary>
internal sealed record SocksRequest(byte Version, SocksCommand Command, SocksAddress Destination)
{
    private const int Fixed4 = 8;
    private const int Fixed5 = 3;
    private const int LongestText = 255;

    /// <summary>
    /// Parses a request of SOCKS4 or 4a: version, command, port, address and user name. In
    /// SOCKS4a, the address is 0.0.0.x and a host name follows.
    /// </summary>
    /// <returns>The length of the request, 0 if it is incomplete, or -1 if it is invalid.</returns>
    public static int TryRead4(ReadOnlySpan<byte> bytes, out SocksRequest? request)
    {
        request = null;
        if (bytes.Length < Fixed4)
            return 0;
        var user = bytes[Fixed4..].IndexOf((byte)0);
        if (user < 0)
            return bytes.Length - Fixed4 > LongestText ? -1 : 0;
        var end = Fixed4 + user + 1;
        var port = BinaryPrimitives.ReadUInt16BigEndian(bytes[2..]);
        var address = bytes[4..Fixed4];
        if (address[0] == 0 && address[1] == 0 && address[2] == 0 && address[3] != 0)
        {
            var length = bytes[end..].IndexOf((byte)0);
            if (length < 0)
                return bytes.Length - end > LongestText ? -1 : 0;
            if (length > LongestText || !SocksAddress.IsName(bytes.Slice(end, length)))
                return -1;
            request = new SocksRequest(4, (SocksCommand)bytes[1], SocksAddress.Of(Encoding.ASCII.GetString(bytes.Slice(end, length)), port));
            return end + length + 1;
        }

        request = new SocksRequest(4, (SocksCommand)bytes[1], SocksAddress.Of(new IPAddress(address), port));
        return end;
    }

    /// <summary>Parses a request of SOCKS5: version, command, a zero byte, the destination.</summary>
    /// <returns>The length of the request, 0 if it is incomplete, -1 if the address type is unknown, or -2 if the request is invalid.</returns>
    public static int TryRead5(ReadOnlySpan<byte> bytes, out SocksRequest? request)
    {
        request = null;
        if (bytes.Length > 0 && bytes[0] != 5)
            return -2;
        if (bytes.Length < Fixed5)
            return 0;
        var length = SocksAddress.TryRead(bytes[Fixed5..], out var destination);
        if (length <= 0)
            return length;
        request = new SocksRequest(5, (SocksCommand)bytes[1], destination!);
        return Fixed5 + length;
    }

    /// <summary>Serializes a reply to the request.</summary>
    public byte[] Reply(SocksReply reply, IPEndPoint? endPoint = null) => Reply(Version, reply, endPoint);

    /// <inheritdoc cref="Reply(SocksReply, IPEndPoint?)"/>
    public static byte[] Reply(byte version, SocksReply reply, IPEndPoint? endPoint = null)
    {
        const byte granted4 = 90, rejected4 = 91;
        endPoint ??= new IPEndPoint(IPAddress.Any, 0);
        if (version == 5)
            return [5, (byte)reply, 0, .. SocksAddress.Write(endPoint)];
        var address = endPoint.Address.IsIPv4MappedToIPv6 ? endPoint.Address.MapToIPv4() : endPoint.Address;
        var bytes = address.GetAddressBytes();
        return [0, reply == SocksReply.Granted ? granted4 : rejected4, (byte)(endPoint.Port >> 8), (byte)endPoint.Port, .. bytes.Length == 4 ? bytes : [0, 0, 0, 0]];
    }
}
