using System.Diagnostics.CodeAnalysis;
using TacHost.Services.Networking;
using TacHost.Services.Plugins;

namespace TacHost.Web.Plugin;

/// <summary>A path and the address of the server for it, parsed from an option: <c>/api=http://127.0.0.1:9000</c>.</summary>
[OptionType("PATH=URL", "a path and the address of an HTTP server, such as /api=http://127.0.0.1:9000")]
public sealed class ProxyRule : IParsable<ProxyRule>
{
    private ProxyRule(string path, Uri address) => (Path, Address) = (path, address);

    /// <summary>Gets the path.</summary>
    public string Path { get; }

    /// <summary>Gets the address of the server.</summary>
    public Uri Address { get; }

    /// <inheritdoc/>
    public static ProxyRule Parse(string s, IFormatProvider? provider) =>
        TryParse(s, provider, out var rule) ? rule : throw new FormatException($"'{s}' is not a path and the address of an HTTP server, such as /api=http://127.0.0.1:9000.");

    /// <inheritdoc/>
    public static bool TryParse([NotNullWhen(true)] string? s, IFormatProvider? provider, [MaybeNullWhen(false)] out ProxyRule result)
    {
        result = null;
        var equals = s?.IndexOf('=', StringComparison.Ordinal) ?? -1;
        if (equals <= 0 || s![0] != '/' || s.AsSpan(0, equals).ContainsAny("?#% "))
            return false;
        if (!Uri.TryCreate(s[(equals + 1)..], UriKind.Absolute, out var address) || address.Scheme is not ("http" or "https")
            || address.Host.Length == 0 || !AddressText.HasPlainHost(address) || address.Query.Length > 0 || address.Fragment.Length > 0 || address.UserInfo.Length > 0)
            return false;
        result = new ProxyRule(s[..equals].TrimEnd('/') is { Length: > 0 } path ? path : "/", address);
        return true;
    }

    /// <inheritdoc/>
    public override string ToString() => $"{Path}={Address}";
}
