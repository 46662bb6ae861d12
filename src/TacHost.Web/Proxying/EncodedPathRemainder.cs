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
        if (raw.IndexOf('?', StringComparison.Ordinal) is >= 0 and var query)
            raw = raw[..query];
        var prefix = path.ToUriComponent();
        if (!raw.Contains("%2F", StringComparison.OrdinalIgnoreCase) || !raw.StartsWith(prefix, StringComparison.Ordinal))
            return null;
        var rest = raw[prefix.Length..];
        var segments = rest.Replace("%2F", "/", StringComparison.OrdinalIgnoreCase).Replace("%5C", "/", StringComparison.OrdinalIgnoreCase).Replace("%2E", ".", StringComparison.OrdinalIgnoreCase).Split('/', '\\');
        return rest.StartsWith('/') && !segments.Any(each => each is "." or "..") ? rest : null;
    }
}
