using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Net;
using TacHost.Services.Networking;
using TacHost.Services.Plugins;

namespace TacHost.Proxies.Socks;

/// <summary>
/// A set of destinations: a network, an address, a host name, <c>*.example.org</c> or <c>*</c>. An
/// optional port or range of ports follows after a colon.
/// </summary>
/// <remarks>
/// Examples: <c>10.0.0.0/8</c>, <c>*.example.org:443</c>, <c>[fe80::]/10:1-1023</c>, <c>*:25</c>. <c>*.example.org</c> does not include
/// <c>example.org</c>. A name is compared with the requested name. A network is compared with every address that the requested name resolves to.
/// </remarks>
[OptionType("DESTINATION", "a network, an address, a host name, *.example.org or *, with :PORT or :FIRST-LAST behind it or without")]
public sealed record SocksDestination : IParsable<SocksDestination>
{
    /// <summary>The prefix length of IPv4-mapped IPv6 addresses (RFC 4291, section 2.5.5.2).</summary>
    private const int MappedPrefix = 96;

    private readonly string _text;
    private readonly IPNetwork? _network;
    private readonly string? _name;
    private readonly int _firstPort;
    private readonly int _lastPort;

    private SocksDestination(string text, IPNetwork? network, string? name, int firstPort, int lastPort) =>
        (_text, _network, _name, _firstPort, _lastPort) = (text, network, name, firstPort, lastPort);

    /// <summary>Parses a set of destinations.</summary>
    /// <exception cref="FormatException">The text is not a set of destinations.</exception>
    public static SocksDestination Parse(string text) =>
        TryParse(text, null, out var destination) ? destination : throw new FormatException($"'{text}' is not a network, an address, a host name, *.example.org or *, with :PORT or :FIRST-LAST behind it or without.");

    /// <inheritdoc/>
    static SocksDestination IParsable<SocksDestination>.Parse(string s, IFormatProvider? provider) => Parse(s);

    /// <inheritdoc/>
    public static bool TryParse([NotNullWhen(true)] string? s, IFormatProvider? provider, [MaybeNullWhen(false)] out SocksDestination result)
    {
        result = null;
        if (string.IsNullOrEmpty(s))
            return false;
        var (place, first, last) = (s, 0, IPEndPoint.MaxPort);
        var colon = s.LastIndexOf(':');
        if (colon >= 0 && (s.IndexOf(':', StringComparison.Ordinal) == colon || (s[0] == '[' && colon > s.IndexOf(']', StringComparison.Ordinal))))
        {
            var ports = s[(colon + 1)..].Split('-');
            if (ports.Length > 2 || !TryPort(ports[0], out first) || !TryPort(ports[^1], out last) || last < first)
                return false;
            place = s[..colon];
        }

        place = place.Replace("[", "", StringComparison.Ordinal).Replace("]", "", StringComparison.Ordinal);
        if (place == "*")
            result = new SocksDestination(s, null, null, first, last);
        else if (TryNetwork(place, out var network))
            result = new SocksDestination(s, network, null, first, last);
        else if (IsName(place.StartsWith("*.", StringComparison.Ordinal) ? place[2..] : place))
            result = new SocksDestination(s, null, place.TrimEnd('.').ToLowerInvariant(), first, last);
        return result is not null;
    }

    /// <inheritdoc/>
    public override string ToString() => _text;

    /// <summary>Returns true if the set contains a name, regardless of its addresses.</summary>
    internal bool CoversName(string name, int port) =>
        _network is null && CoversPort(port)
        && (_name is null || (_name.StartsWith('*') ? name.EndsWith(_name[1..], StringComparison.OrdinalIgnoreCase) && name.Length >= _name.Length : name.Equals(_name, StringComparison.OrdinalIgnoreCase)));

    /// <summary>Returns true if the set contains an address.</summary>
    internal bool CoversAddress(IPAddress address, int port) =>
        _name is null && CoversPort(port) && (_network is not { } network || (network.BaseAddress.AddressFamily == address.AddressFamily && network.Contains(address)));

    private static bool TryPort(string text, out int port) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out port) && port <= IPEndPoint.MaxPort;

    private static bool TryNetwork(string text, out IPNetwork network)
    {
        if (AddressText.TryParseNetwork(text, out network))
        {
            // Requested addresses are compared in IPv4 form.
            if (network.BaseAddress.IsIPv4MappedToIPv6 && network.PrefixLength >= MappedPrefix)
                network = new IPNetwork(network.BaseAddress.MapToIPv4(), network.PrefixLength - MappedPrefix);
            return true;
        }

        if (!AddressText.TryParse(text, out var address))
            return false;
        address = address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;
        network = new IPNetwork(address, 8 * address.GetAddressBytes().Length);
        return true;
    }

    /// <summary>Returns true if the text can be a host name. Digits and dots alone are an invalid address.</summary>
    private static bool IsName(string text) =>
        text.Length is > 0 and < 254 && text.All(character => char.IsAsciiLetterOrDigit(character) || character is '.' or '-' or '_') && !text.All(character => char.IsAsciiDigit(character) || character == '.')
        && text[0] is not '.' and not '-' && !text.Contains("..", StringComparison.Ordinal);

    private bool CoversPort(int port) => port >= _firstPort && port <= _lastPort;
}
