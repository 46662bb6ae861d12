using System.Collections.Concurrent;
using TacHost.Services.Networking.Connections;

namespace TacHost.Services.Networking.Endpoints;

/// <summary>The kinds of server endpoints.</summary>
internal static class ServerKinds
{
    private static readonly Dictionary<string, Func<EndpointText, ServerEndpoint>> _kinds = new(StringComparer.Ordinal)
    {
        ["tcp"] = TcpServerEndpoint.Parse,
        ["tcp6"] = TcpServerEndpoint.Parse,
        ["unix"] = UnixServerEndpoint.Parse,
        ["systemd"] = SystemdServerEndpoint.Parse,
        ["tls"] = TlsServerEndpoint.Parse,
        ["ssl"] = TlsServerEndpoint.Parse,
        ["fd"] = DescriptorServerEndpoint.Parse,
        ["haproxy"] = ProxiedServerEndpoint.Parse,
    };

    private static readonly ConcurrentDictionary<string, Func<string, ServerEndpoint>> _registered = new(StringComparer.Ordinal);

    /// <summary>Registers a custom kind.</summary>
    /// <exception cref="InvalidOperationException">The kind already exists.</exception>
    public static void Register(string kind, Func<string, ServerEndpoint> parse)
    {
        CheckKind(kind);
        if (_kinds.ContainsKey(kind) || !_registered.TryAdd(kind, parse))
            throw KindError(kind);
    }

    public static InvalidOperationException KindError(string kind) => new($"There is an endpoint of the kind '{kind}' already. Choose another name.");

    public static void CheckKind(string kind)
    {
        ArgumentException.ThrowIfNullOrEmpty(kind);
        if (!kind.All(character => char.IsAsciiLetterLower(character) || char.IsAsciiDigit(character) || character is '-' or '+'))
            throw new ArgumentException($"'{kind}' cannot name a kind of endpoint. Use lower-case letters, digits, '-' and '+'.", nameof(kind));
    }

    /// <exception cref="FormatException">The text is not an endpoint.</exception>
    public static ServerEndpoint Parse(string text)
    {
        const string prefix = ProxiedServerEndpoint.Prefix;
        if (text.Length <= prefix.Length || !text.StartsWith(prefix, StringComparison.Ordinal))
            return ParseOne(text);
        var rest = text[prefix.Length..];
        return rest.StartsWith(ProxiedServerEndpoint.TrustPrefix, StringComparison.Ordinal) ? ParseTrusting(text, rest) : new ProxiedServerEndpoint(ParseOne(rest), null);
    }

    public static FormatException UnknownKind(EndpointText parts, IEnumerable<string> kinds)
    {
        var all = kinds.ToList();
        var meant = parts.Kind.Length > 0 && parts.Kind.All(char.IsAsciiDigit) ? $"tcp:{parts.Kind}" : DidYouMean.To(parts.Kind, all);
        return parts.Error($"there is no kind '{EndpointText.Short(parts.Kind)}'", $"{(meant is null ? "" : $"Did you mean '{meant}'? ")}The kinds are {string.Join(", ", all)}");
    }

    /// <summary>Parses <c>trust=LIST:ENDPOINT</c>. A backslash escapes each colon of an IPv6 address.</summary>
    private static ProxiedServerEndpoint ParseTrusting(string text, string rest)
    {
        const string expected = "addresses and networks separated by commas, with '\\:' for each colon inside of them, such as 'haproxy:trust=10.0.0.0/8,fd00\\:\\:/8:tcp:8080'";
        var end = rest.IndexOf(':', StringComparison.Ordinal);
        while (end > 0 && rest[end - 1] == '\\')
            end = rest.IndexOf(':', end + 1);
        var list = end < 0 ? rest : rest[..end];
        list = list[ProxiedServerEndpoint.TrustPrefix.Length..].Replace("\\:", ":", StringComparison.Ordinal);
        EndpointText parts = new(text);
        var trusted = TrustedProxies.Parse(list) ?? throw parts.ValueError("trust", list, expected);
        return end < 0 ? throw parts.Error("no endpoint follows the trusted proxies", $"Expected {expected}") : new ProxiedServerEndpoint(ParseOne(rest[(end + 1)..]), trusted);
    }

    private static ServerEndpoint ParseOne(string text)
    {
        EndpointText parts = new(text);
        if (_registered.TryGetValue(parts.Kind, out var parseAll))
            return parseAll(text);
        if (!_kinds.TryGetValue(parts.Kind, out var parse))
            throw UnknownKind(parts, _kinds.Keys.Concat(_registered.Keys));
        var endpoint = parse(parts);
        parts.Finish();
        return endpoint;
    }
}
