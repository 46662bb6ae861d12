using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace TacHost.Proxies.PortForward;

/// <summary>Creates headers of the PROXY protocol with the addresses of a connection (proxy-protocol.txt of HAProxy).</summary>
internal static class ProxyHeaderText
{
    private static ReadOnlySpan<byte> Signature => "\r\n\r\n\0\r\nQUIT\n"u8;

    /// <summary>Returns the header for a connection, which is empty for <see cref="ProxyHeaderVersion.None"/>. Clients of UNIX sockets have no address in it.</summary>
    public static byte[] Of(ProxyHeaderVersion version, EndPoint client, EndPoint local)
    {
        var ends = client is IPEndPoint from && local is IPEndPoint to && from.AddressFamily == to.AddressFamily ? (From: from, To: to) : default;
        return version switch
        {
            ProxyHeaderVersion.V1 => Encoding.ASCII.GetBytes(Line(ends.From, ends.To)),
            ProxyHeaderVersion.V2 => Binary(ends.From, ends.To),
            _ => [],
        };
    }

    private static string Line(IPEndPoint? from, IPEndPoint? to) =>
        from is null || to is null
            ? "PROXY UNKNOWN\r\n"
            : string.Create(CultureInfo.InvariantCulture, $"PROXY {(IsIPv4(from) ? "TCP4" : "TCP6")} {Text(from)} {Text(to)} {from.Port} {to.Port}\r\n");

    private static byte[] Binary(IPEndPoint? from, IPEndPoint? to)
    {
        const byte version2Proxy = 0x21, tcp4 = 0x11, tcp6 = 0x21;
        if (from is null || to is null)
            return [.. Signature, version2Proxy, 0, 0, 0];
        byte[] addresses = [.. from.Address.GetAddressBytes(), .. to.Address.GetAddressBytes(), (byte)(from.Port >> 8), (byte)from.Port, (byte)(to.Port >> 8), (byte)to.Port];
        return [.. Signature, version2Proxy, IsIPv4(from) ? tcp4 : tcp6, 0, (byte)addresses.Length, .. addresses];
    }

    private static bool IsIPv4(IPEndPoint endPoint) => endPoint.AddressFamily == AddressFamily.InterNetwork;

    /// <summary>Returns the address without the zone ID of a link-local address, which is only valid on this machine.</summary>
    private static string Text(IPEndPoint endPoint) => new IPAddress(endPoint.Address.GetAddressBytes()).ToString();
}
