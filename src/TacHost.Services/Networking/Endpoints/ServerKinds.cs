namespace TacHost.Services.Networking.Endpoints;

/// <summary>The kinds of endpoint that a server can listen on.</summary>
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

    /// <exception cref="FormatException">It is not an endpoint.</exception>
    public static ServerEndpoint Parse(string text)
    {
        const string prefix = ProxiedServerEndpoint.Prefix;
        return text.Length > prefix.Length && text.StartsWith(prefix, StringComparison.Ordinal)
            ? new ProxiedServerEndpoint(ParseOne(text[prefix.Length..]))
            : ParseOne(text);
    }

    /// <summary>The error for a kind that is none of those that there are.</summary>
    public static FormatException UnknownKind(EndpointText parts, IEnumerable<string> kinds)
    {
        var all = kinds.ToList();
        var meant = parts.Kind.Length > 0 && parts.Kind.All(char.IsAsciiDigit) ? $"tcp:{parts.Kind}" : NearestWord.To(parts.Kind, all);
        return parts.Error($"there is no kind '{EndpointText.Short(parts.Kind)}'", $"{(meant is null ? "" : $"Did you mean '{meant}'? ")}The kinds are {string.Join(", ", all)}");
    }

    private static ServerEndpoint ParseOne(string text)
    {
        EndpointText parts = new(text);
        if (!_kinds.TryGetValue(parts.Kind, out var parse))
            throw UnknownKind(parts, _kinds.Keys);
        var endpoint = parse(parts);
        parts.Finish();
        return endpoint;
    }
}
