using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace TacHost.Services.Networking;

/// <summary>Parses addresses, networks and endpoints as inet_pton(3) does: an IPv4 address is four decimal numbers without leading zeros.</summary>
/// <remarks><see cref="IPAddress"/> also reads octal, hexadecimal and missing numbers, so that <c>192.168.001.010</c> would be 192.168.1.8.</remarks>
internal static class AddressText
{
    private static readonly SearchValues<char> _ipv6Characters = SearchValues.Create("0123456789abcdefABCDEF:.");

#pragma warning disable RS0030 // the one place that may call the lenient parsers, after a check of the text
    /// <summary>Parses an address without a scope.</summary>
    public static bool TryParse([NotNullWhen(true)] string? text, [NotNullWhen(true)] out IPAddress? address)
    {
        address = null;
        return text is not null && (text.Contains(':', StringComparison.Ordinal) ? IsIPv6Text(text) : IsDottedQuad(text)) && IPAddress.TryParse(text, out address);
    }

    /// <summary>Parses an address, which may have a scope if it is an IPv6 address: <c>fe80::1%eth0</c>.</summary>
    public static bool TryParseScoped([NotNullWhen(true)] string? text, [NotNullWhen(true)] out IPAddress? address)
    {
        var scope = text?.IndexOf('%', StringComparison.Ordinal) ?? -1;
        if (scope < 0)
            return TryParse(text, out address);
        address = null;
        return scope < text!.Length - 1 && TryParse(text[..scope], out var plain) && plain.AddressFamily == AddressFamily.InterNetworkV6 && IPAddress.TryParse(text, out address);
    }

    /// <summary>Gets whether a text is an address for the system's resolver only, such as <c>010.0.0.1</c> or <c>127.1</c>. Such a text is neither an address nor a host name here.</summary>
    public static bool IsAmbiguous(string text) => !TryParseScoped(text, out _) && IPAddress.TryParse(text, out _);
#pragma warning restore RS0030

    /// <summary>Parses a network such as <c>10.0.0.0/8</c>. The bits behind the prefix do not count.</summary>
    public static bool TryParseNetwork([NotNullWhen(true)] string? text, out IPNetwork network)
    {
        network = default;
        var slash = text?.IndexOf('/', StringComparison.Ordinal) ?? -1;
        if (slash < 0 || !TryParse(text![..slash], out var address) || !TryParseNumber(text.AsSpan(slash + 1), 8 * address.GetAddressBytes().Length, out var length))
            return false;
        network = new IPNetwork(address, length);
        return true;
    }

    /// <summary>Parses an address and a port, such as <c>127.0.0.1:80</c> or <c>[::1]:80</c>.</summary>
    public static bool TryParseEndPoint(string text, [NotNullWhen(true)] out IPEndPoint? endPoint)
    {
        endPoint = null;
        var colon = text.LastIndexOf(':');
        if (colon <= 0 || !int.TryParse(text.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var port) || port > IPEndPoint.MaxPort)
            return false;
        var host = text[..colon];
        var isBracketed = host is ['[', .., ']'];
        if (!TryParseScoped(isBracketed ? host[1..^1] : host, out var address) || isBracketed != (address.AddressFamily == AddressFamily.InterNetworkV6))
            return false;
        endPoint = new IPEndPoint(address, port);
        return true;
    }

    /// <summary>Gets whether the host of a URL is written as it is meant. <see cref="Uri"/> turns <c>0x7f.1</c> into 127.0.0.1 without a word.</summary>
    public static bool HasPlainHost(Uri uri) =>
        uri.HostNameType != UriHostNameType.IPv4 || uri.OriginalString.Contains(uri.Host, StringComparison.Ordinal);

    private static bool IsDottedQuad(ReadOnlySpan<char> text)
    {
        var numbers = 0;
        foreach (var part in text.Split('.'))
        {
            if (++numbers > 4 || !TryParseNumber(text[part], byte.MaxValue, out _))
                return false;
        }

        return numbers == 4;
    }

    private static bool IsIPv6Text(ReadOnlySpan<char> text)
    {
        var dot = text.IndexOf('.');
        var last = text.LastIndexOf(':');
        return (dot < 0 || (dot > last && IsDottedQuad(text[(last + 1)..]))) && !text.ContainsAnyExcept(_ipv6Characters);
    }

    private static bool TryParseNumber(ReadOnlySpan<char> text, int largest, out int number) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out number) && number <= largest && (text.Length == 1 || text[0] != '0');
}
