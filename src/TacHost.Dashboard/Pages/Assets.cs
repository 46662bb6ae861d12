using Microsoft.AspNetCore.Http;

namespace TacHost.Dashboard.Pages;

/// <summary>The files that belong to the page. They are part of the assembly.</summary>
internal static class Assets
{
    private static readonly Dictionary<string, string> _types = new()
    {
        ["/dashboard.css"] = "text/css; charset=utf-8",
        ["/dashboard.js"] = "text/javascript; charset=utf-8",
        ["/icon.svg"] = "image/svg+xml",
    };

    /// <summary>Sends a file.</summary>
    /// <returns>False if there is none.</returns>
    public static async Task<bool> SendAsync(HttpContext context, string path, CancellationToken cancellationToken)
    {
        if (!_types.TryGetValue(path, out var type))
            return false;
        context.Response.ContentType = type;
        context.Response.Headers.CacheControl = "no-cache";
        await using var file = typeof(Assets).Assembly.GetManifestResourceStream(path[1..])!;
        await file.CopyToAsync(context.Response.Body, cancellationToken);
        return true;
    }
}
