using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using TacHost.Services.Networking;
using TacHost.Services.Plugins;

namespace TacHost.Dns;

/// <summary>An upstream DNS server, parsed from an option: <c>192.0.2.1</c>, <c>192.0.2.1:5353</c>, <c>2001:db8::1</c>, <c>[2001:db8::1]:5353</c>.</summary>
[OptionType("ADDRESS[:PORT]", "an IP address, optionally with a port, such as 192.0.2.1 or [2001:db8::1]:5353")]
public sealed record DnsUpstream : IParsable<DnsUpstream>
{
    private const int UsualPort = 53;

    /// <summary>Initializes an upstream server.</summary>
    /// <param name="address">The IP address.</param>
    /// <param name="port">The port, for UDP and TCP. Defaults to 53.</param>
    /// <exception cref="ArgumentOutOfRangeException">The port is not between 1 and 65535.</exception>
    public DnsUpstream(IPAddress address, int port = UsualPort)
    {
        ArgumentNullException.ThrowIfNull(address);
        ArgumentOutOfRangeException.ThrowIfLessThan(port, 1);
        Address = new IPEndPoint(address, port);
    }

    /// <summary>Gets the address and the port of the server.</summary>
    public IPEndPoint Address { get; }

    /// <summary>Parses an upstream server.</summary>
    /// <exception cref="FormatException">The text is not an IP address with an optional port.</exception>
    public static DnsUpstream Parse(string text) =>
        TryParse(text, null, out var upstream) ? upstream : throw new FormatException($"'{text}' is not an IP address, optionally with a port, such as 192.0.2.1 or [2001:db8::1]:5353.");

    /// <inheritdoc/>
    static DnsUpstream IParsable<DnsUpstream>.Parse(string s, IFormatProvider? provider) => Parse(s);

    /// <inheritdoc/>
    public static bool TryParse([NotNullWhen(true)] string? s, IFormatProvider? provider, [MaybeNullWhen(false)] out DnsUpstream result)
    {
        result = null;
        if (s is null)
            return false;
        var isBracketed = s.StartsWith('[');
        var isV6 = isBracketed || s.IndexOf(':', StringComparison.Ordinal) != s.LastIndexOf(':');
        var end = isBracketed ? s.LastIndexOf("]:", StringComparison.Ordinal) + 1 : isV6 ? 0 : s.IndexOf(':', StringComparison.Ordinal);
        var port = UsualPort;
        if (end > 0 && (!int.TryParse(s.AsSpan(end + 1), NumberStyles.None, CultureInfo.InvariantCulture, out port) || port is 0 or > IPEndPoint.MaxPort))
            return false;
        var place = end > 0 ? s[..end] : s;
        if (isBracketed)
            place = place.EndsWith(']') ? place[1..^1] : "";
        if (!AddressText.TryParseScoped(place, out var address) || isV6 != (address.AddressFamily == AddressFamily.InterNetworkV6))
            return false;
        result = new DnsUpstream(address, port);
        return true;
    }

    /// <inheritdoc/>
    public override string ToString() => Address.ToString();
}
