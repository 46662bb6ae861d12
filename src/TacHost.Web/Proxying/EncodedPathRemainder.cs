using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace TacHost.Web.Proxying;

/// <summary>The rest of a request path after the path of a proxy rule, in the client's encoding.</summary>
internal static class EncodedPathRemainder
{
    /// <summary>Returns the encoded rest if decoding would change it: <c>%2F</c> is not a separator, and stays encoded.</summary>
    /// <returns>The rest, or null if the decoded path is sufficient or the encoded path could lead outside.</returns>
    public static string? Of(HttpContext context, PathString path)
    {
        var raw = context.Features.Get<IHttpRequestFeature>()?.RawTarget ?? "";
        if (!raw.Contains("%2F", StringComparison.OrdinalIgnoreCase) || Below(path.Value ?? "", PathOf(raw)) is not { } rest)
            return null;
        var segments = rest.Replace("%2F", "/", StringComparison.OrdinalIgnoreCase).Replace("%5C", "/", StringComparison.OrdinalIgnoreCase).Replace("%2E", ".", StringComparison.OrdinalIgnoreCase).Split('/', '\\');
        return segments.Any(each => each is "." or "..") ? null : rest;
    }

    /// <summary>Returns the path of a request target, which may be in absolute form (RFC 9112, section 3.2.2).</summary>
    private static string PathOf(string target)
    {
        if (target.IndexOf('?', StringComparison.Ordinal) is >= 0 and var query)
            target = target[..query];
        if (target.StartsWith('/'))
            return target;
        var authority = target.IndexOf("://", StringComparison.Ordinal);
        var begin = authority < 0 ? -1 : target.IndexOf('/', authority + "://".Length);
        return begin < 0 ? "" : target[begin..];
    }

    /// <summary>Returns what follows the segments of a decoded path in an encoded one, or null if it does not begin with them.</summary>
    private static string? Below(string path, string encoded)
    {
        foreach (var segment in path.Split('/', StringSplitOptions.RemoveEmptyEntries))
        {
            var end = encoded.IndexOf('/', Math.Min(1, encoded.Length));
            if (end < 0 || !encoded.StartsWith('/') || !string.Equals(Uri.UnescapeDataString(encoded[1..end]), segment, StringComparison.Ordinal))
                return null;
            encoded = encoded[end..];
        }

        return encoded.StartsWith('/') ? encoded : null;
    }
}
