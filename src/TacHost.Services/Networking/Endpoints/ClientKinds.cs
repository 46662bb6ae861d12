using System.Collections.Concurrent;
using System.Globalization;
using System.Net;

namespace TacHost.Services.Networking.Endpoints;

/// <summary>The kinds of client endpoints.</summary>
internal static class ClientKinds
{
    public static readonly TimeSpan DefaultTimeout = TimeSpan.FromSeconds(30);

    private static readonly Dictionary<string, Func<EndpointText, ClientEndpoint>> _kinds = new(StringComparer.Ordinal)
    {
        ["tcp"] = TcpClientEndpoint.Parse,
        ["tls"] = TlsClientEndpoint.Parse,
        ["ssl"] = TlsClientEndpoint.Parse,
        ["unix"] = UnixClientEndpoint.Parse,
        ["cluster"] = ClusterClientEndpoint.Parse,
    };

    private static readonly ConcurrentDictionary<string, Func<string, ClientEndpoint>> _registered = new(StringComparer.Ordinal);

    /// <inheritdoc cref="ServerKinds.Register"/>
    public static void Register(string kind, Func<string, ClientEndpoint> parse)
    {
        ServerKinds.CheckKind(kind);
        if (_kinds.ContainsKey(kind) || !_registered.TryAdd(kind, parse))
            throw ServerKinds.KindError(kind);
    }

    /// <exception cref="FormatException">The text is not an endpoint.</exception>
    public static ClientEndpoint Parse(string text)
    {
        EndpointText parts = new(text);
        if (_registered.TryGetValue(parts.Kind, out var parseAll))
            return parseAll(text);
        if (!_kinds.TryGetValue(parts.Kind, out var parse))
            throw ServerKinds.UnknownKind(parts, _kinds.Keys.Concat(_registered.Keys));
        var endpoint = parse(parts);
        parts.Finish();
        return endpoint;
    }

    /// <summary>Parses the name or the address of a host.</summary>
    public static string Host(EndpointText text)
    {
        const string expected = "the name or the address of a host; an IPv4 address is four decimal numbers without leading zeros";
        var host = text.Required("host", expected);
        return host.AsSpan().ContainsAny('.', 'x') && AddressText.IsAmbiguous(host) ? throw text.ValueError("host", host, expected) : host;
    }

    /// <summary>Returns a host that was given in code.</summary>
    /// <exception cref="ArgumentException">The host is empty, or is an address in a form
    /// that only the system's resolver accepts, such as <c>010.0.0.1</c>.</exception>
    public static string CheckedHost(string host)
    {
        ArgumentException.ThrowIfNullOrEmpty(host);
        return AddressText.IsAmbiguous(host)
            ? throw new ArgumentException($"'{host}' is neither an address nor a host name. An IPv4 address is four decimal numbers without leading zeros.", nameof(host))
            : host;
    }

    public static int Port(EndpointText text) => text.RequiredNumber("port", IPEndPoint.MaxPort);

    public static TimeSpan Timeout(EndpointText text) =>
        text.OptionalNumber("timeout", 1, 86_400) is { } seconds ? TimeSpan.FromSeconds(seconds) : DefaultTimeout;

    /// <summary>Formats a timeout. Returns null for the default.</summary>
    public static string? Print(TimeSpan timeout) =>
        timeout == DefaultTimeout ? null : timeout.TotalSeconds.ToString(CultureInfo.InvariantCulture);

    public static int Checked(int port) => SettingRange.Port(port, 1);

    public static TimeSpan Checked(TimeSpan? timeout) => SettingRange.Timeout(timeout, nameof(timeout)) ?? DefaultTimeout;

    public static IPAddress? BindAddress(EndpointText text)
    {
        if (text.Optional("bindAddress") is not { } value)
            return null;
        return AddressText.TryParseScoped(value, out var address) ? address : throw text.ValueError("bindAddress", value, "an address of this machine");
    }
}
