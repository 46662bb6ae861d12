using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using TacHost.Servers.Interop;
using TacHost.Services.Networking;
using TacHost.Services.Plugins;

namespace TacHost.Servers.Inetd;

/// <summary>Where a service of inetd is reached: <c>[HOST:]PORT[/PROTOCOL]</c>, or the absolute path of a UNIX socket.</summary>
/// <remarks>
/// <c>7000</c>, <c>127.0.0.1:finger</c>, <c>[::1]:7000</c>, <c>*:53/udp</c>, <c>/run/fortune.sock</c>. The port may be a name of /etc/services; the protocols are
/// <c>tcp</c> and <c>udp</c> (both over IPv4 and IPv6), <c>tcp4</c>, <c>tcp6</c>, <c>udp4</c>, <c>udp6</c>.
/// </remarks>
[OptionType("PLACE", "[HOST:]PORT, with /udp, /tcp6 or the like behind it or without, or the absolute path of a UNIX socket")]
public sealed record InetdPlace : IParsable<InetdPlace>
{
    /// <summary>What stands for all interfaces.</summary>
    public const string AllInterfaces = "*";

    private static readonly Dictionary<string, InetdProtocol> _protocols = new()
    {
        ["tcp"] = InetdProtocol.Tcp46,
        ["tcp46"] = InetdProtocol.Tcp46,
        ["tcp4"] = InetdProtocol.Tcp4,
        ["tcp6"] = InetdProtocol.Tcp6,
        ["udp"] = InetdProtocol.Udp46,
        ["udp46"] = InetdProtocol.Udp46,
        ["udp4"] = InetdProtocol.Udp4,
        ["udp6"] = InetdProtocol.Udp6,
    };

    /// <summary>A port of an interface, or a UNIX socket.</summary>
    /// <param name="host">An address, a host name, a network interface, or <see cref="AllInterfaces"/>. Means nothing for a UNIX socket.</param>
    /// <param name="name">The port, as a number or as a name of /etc/services; or the path.</param>
    /// <param name="protocol">What it is reached by.</param>
    /// <exception cref="FormatException">There is no such port, or it is not an absolute path.</exception>
    public InetdPlace(string host, string name, InetdProtocol protocol)
    {
        ArgumentException.ThrowIfNullOrEmpty(host);
        ArgumentNullException.ThrowIfNull(name);
        (Host, Name, Protocol) = (host, name, protocol);
        if (IsUnix)
        {
            if (!name.StartsWith('/') || name.Contains('\0'))
                throw new FormatException($"'{name}' is not the absolute path of a UNIX socket.");
            return;
        }

        Port = PortOf(name, IsDatagram ? "udp" : "tcp");
        if (AddressText.TryParseScoped(host, out var address) && Family is { } family && family != address.AddressFamily)
            throw new FormatException($"'{host}' is not an address of {(family == AddressFamily.InterNetwork ? "IPv4" : "IPv6")}, which '{protocol.ToString().ToLowerInvariant()}' asks for.");
    }

    /// <summary>An address, a host name, a network interface, or <see cref="AllInterfaces"/>.</summary>
    public string Host { get; }

    /// <summary>The port as it was given, or the path.</summary>
    public string Name { get; }

    /// <summary>What it is reached by.</summary>
    public InetdProtocol Protocol { get; }

    /// <summary>The number of the port; 0 is one that the system picks, and that of a UNIX socket.</summary>
    public int Port { get; }

    /// <summary>Whether there are datagrams, and no connections.</summary>
    public bool IsDatagram => Protocol is InetdProtocol.Udp46 or InetdProtocol.Udp4 or InetdProtocol.Udp6 or InetdProtocol.UnixDatagram;

    /// <summary>Whether a host was written, in a text without which all interfaces are meant.</summary>
    internal bool NamesHost { get; private init; } = true;

    internal bool IsUnix => Protocol is InetdProtocol.Unix or InetdProtocol.UnixDatagram;

    /// <summary>The family of its addresses, or null for any.</summary>
    internal AddressFamily? Family => Protocol switch
    {
        InetdProtocol.Tcp4 or InetdProtocol.Udp4 => AddressFamily.InterNetwork,
        InetdProtocol.Tcp6 or InetdProtocol.Udp6 => AddressFamily.InterNetworkV6,
        _ => null,
    };

    /// <summary>Reads a place. Without a host it is on all interfaces, without a protocol it is reached by TCP.</summary>
    /// <exception cref="FormatException">It is none.</exception>
    public static InetdPlace Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        if (text.StartsWith('/'))
            return new InetdPlace(AllInterfaces, text, InetdProtocol.Unix);
        var (place, protocol) = (text, InetdProtocol.Tcp46);
        if (text.LastIndexOf('/') is var slash and >= 0)
        {
            place = text[..slash];
            if (!_protocols.TryGetValue(text[(slash + 1)..], out protocol))
                throw new FormatException($"'{text[(slash + 1)..]}' is none of the protocols {string.Join(", ", _protocols.Keys)}.");
        }

        var (host, port) = Split(place);
        return new InetdPlace(host ?? AllInterfaces, port, protocol) { NamesHost = host is not null };
    }

    /// <inheritdoc/>
    static InetdPlace IParsable<InetdPlace>.Parse(string s, IFormatProvider? provider) => Parse(s);

    /// <inheritdoc/>
    public static bool TryParse([NotNullWhen(true)] string? s, IFormatProvider? provider, [MaybeNullWhen(false)] out InetdPlace result)
    {
        result = null;
        try
        {
            result = s is null ? null : Parse(s);
        }
        catch (FormatException)
        {
            return false;
        }

        return result is not null;
    }

    /// <inheritdoc/>
    public override string ToString()
    {
        if (IsUnix)
            return Name;
        var host = Host == AllInterfaces ? "" : Host.Contains(':', StringComparison.Ordinal) ? $"[{Host}]:" : $"{Host}:";
        return $"{host}{Name}/{Protocol.ToString().ToLowerInvariant().Replace("46", "", StringComparison.Ordinal)}";
    }

    /// <summary>Cuts a host off the front of a port: up to the last colon, with an address of IPv6 in brackets.</summary>
    internal static (string? Host, string Name) Split(string text)
    {
        var colon = text.LastIndexOf(':');
        if (colon < 0)
            return (null, text);
        var host = text[..colon];
        if (host is ['[', .., ']'])
            host = host[1..^1];
        return host.Length > 0 && !host.Contains('[', StringComparison.Ordinal) && !host.Any(char.IsControl) && !host.Any(char.IsWhiteSpace)
            ? (host, text[(colon + 1)..])
            : throw new FormatException($"'{text[..colon]}' is not a host: write an address (one of IPv6 in brackets), a name, a network interface, or * for all.");
    }

    private static int PortOf(string name, string protocol)
    {
        if (int.TryParse(name, NumberStyles.None, CultureInfo.InvariantCulture, out var port))
            return port <= IPEndPoint.MaxPort ? port : throw new FormatException($"'{name}' is not a port, which is between 0 and {IPEndPoint.MaxPort}.");
        return (name.Length > 0 && !name.Contains('\0') ? SystemDatabases.Port(name, protocol) : null)
            ?? throw new FormatException($"'{name}' is neither a port nor a {protocol} service of this machine (/etc/services). Write the number of the port.");
    }
}
