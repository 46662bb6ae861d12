using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using TacHost.Native;
using TacHost.Services.Networking;
using TacHost.Services.Plugins;

namespace TacHost.Processes.Inetd;

/// <summary>The address of an inetd service: <c>[HOST:]PORT[/PROTOCOL]</c>, or the absolute path of a UNIX socket.</summary>
/// <remarks>
/// Examples: <c>7000</c>, <c>127.0.0.1:finger</c>, <c>[::1]:7000</c>, <c>*:53/udp</c>, <c>/run/fortune.sock</c>.
/// The port may be a name from /etc/services. The protocols are <c>tcp</c> and <c>udp</c>
/// (both over IPv4 and IPv6), <c>tcp4</c>, <c>tcp6</c>, <c>udp4</c>, <c>udp6</c>.
/// </remarks>
[OptionType("ADDRESS", "[HOST:]PORT, optionally with /udp, /tcp6 or the like, or the absolute path of a UNIX socket")]
public sealed record InetdAddress : IParsable<InetdAddress>
{
    /// <summary>The host name that means all interfaces.</summary>
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

    /// <summary>Initializes an address: a port on an interface, or a UNIX socket.</summary>
    /// <param name="host">An address, a host name, a network interface, or <see cref="AllInterfaces"/>. Ignored for a UNIX socket.</param>
    /// <param name="name">The port, as a number or a name from /etc/services, or the path of a UNIX socket.</param>
    /// <param name="protocol">The protocol.</param>
    /// <exception cref="FormatException">The port does not exist, the path is not absolute,
    /// or the address family of the host does not match the protocol.</exception>
    public InetdAddress(string host, string name, InetdProtocol protocol)
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

    /// <summary>Gets an address, a host name, a network interface, or <see cref="AllInterfaces"/>.</summary>
    public string Host { get; }

    /// <summary>Gets the port as given, or the path.</summary>
    public string Name { get; }

    /// <summary>Gets the protocol.</summary>
    public InetdProtocol Protocol { get; }

    /// <summary>Gets the port number. 0 lets the system pick a free port, and is the value of a UNIX socket.</summary>
    public int Port { get; }

    /// <summary>Gets whether the protocol is datagram-oriented.</summary>
    public bool IsDatagram => Protocol is InetdProtocol.Udp46 or InetdProtocol.Udp4 or InetdProtocol.Udp6 or InetdProtocol.UnixDatagram;

    /// <summary>Gets whether the parsed text contained a host. Without a host, the service listens on all interfaces.</summary>
    internal bool NamesHost { get; private init; } = true;

    internal bool IsUnix => Protocol is InetdProtocol.Unix or InetdProtocol.UnixDatagram;

    /// <summary>Gets the address family, or null for any.</summary>
    internal AddressFamily? Family => Protocol switch
    {
        InetdProtocol.Tcp4 or InetdProtocol.Udp4 => AddressFamily.InterNetwork,
        InetdProtocol.Tcp6 or InetdProtocol.Udp6 => AddressFamily.InterNetworkV6,
        _ => null,
    };

    /// <summary>Parses an address. The default host is all interfaces, and the default protocol is TCP.</summary>
    /// <exception cref="FormatException">The text is not an address.</exception>
    public static InetdAddress Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        if (text.StartsWith('/'))
            return new InetdAddress(AllInterfaces, text, InetdProtocol.Unix);
        var (address, protocol) = (text, InetdProtocol.Tcp46);
        if (text.LastIndexOf('/') is var slash and >= 0)
        {
            address = text[..slash];
            if (!_protocols.TryGetValue(text[(slash + 1)..], out protocol))
                throw new FormatException($"'{text[(slash + 1)..]}' is not one of the protocols {string.Join(", ", _protocols.Keys)}.");
        }

        var (host, port) = Split(address);
        return new InetdAddress(host ?? AllInterfaces, port, protocol) { NamesHost = host is not null };
    }

    /// <inheritdoc/>
    static InetdAddress IParsable<InetdAddress>.Parse(string s, IFormatProvider? provider) => Parse(s);

    /// <inheritdoc/>
    public static bool TryParse([NotNullWhen(true)] string? s, IFormatProvider? provider, [MaybeNullWhen(false)] out InetdAddress result)
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

    /// <summary>Gets the address in the form of an endpoint, such as <c>udp:7:interface=localhost</c>.</summary>
    internal string EndpointText
    {
        get
        {
            if (IsUnix)
                return $"{(IsDatagram ? "unix-datagram" : "unix")}:{Name.Replace(":", "\\:", StringComparison.Ordinal)}";
            var address = Host != AllInterfaces ? Host : Family switch { AddressFamily.InterNetwork => "0.0.0.0", AddressFamily.InterNetworkV6 => "::", _ => "" };
            var parameter = address.Length == 0 ? "" : $":interface={address.Replace(":", "\\:", StringComparison.Ordinal)}";
            return string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{(IsDatagram ? "udp" : "tcp")}:{Port}{parameter}");
        }
    }

    /// <summary>Splits a text into host and port at the last colon. An IPv6 address must be in brackets.</summary>
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
        return (name.Length > 0 && !name.Contains('\0') ? Accounts.Port(name, protocol) : null)
            ?? throw new FormatException($"'{name}' is neither a port nor a {protocol} service of this machine (/etc/services). Write the number of the port.");
    }
}
