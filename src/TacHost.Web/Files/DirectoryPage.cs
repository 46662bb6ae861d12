using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.StaticFiles;
using Microsoft.Extensions.FileProviders;

namespace TacHost.Web.Files;

/// <summary>The page that lists a directory: subdirectories first, each by name.</summary>
internal sealed class DirectoryPage : IDirectoryFormatter
{
    private const string Style = "body{font:16px/1.5 system-ui,sans-serif;margin:2em auto;max-width:60em;padding:0 1em}table{border-collapse:collapse;width:100%}td{padding:.1em .5em}td+td{text-align:right;white-space:nowrap;color:#666}tr:hover{background:#8882}a{text-decoration:none}@media(prefers-color-scheme:dark){body{background:#111;color:#ddd}a{color:#8bf}}";

    public async Task GenerateContentAsync(HttpContext context, IEnumerable<IFileInfo> contents)
    {
        context.Response.ContentType = "text/html; charset=utf-8";

        // Names are encoded; the header is a second protection.
        context.Response.Headers.ContentSecurityPolicy = "default-src 'none'; style-src 'unsafe-inline'";
        if (HttpMethods.IsHead(context.Request.Method))
            return;
        var page = Encoding.UTF8.GetBytes(Make((context.Request.PathBase + context.Request.Path).Value ?? "/", contents));
        context.Response.ContentLength = page.Length;
        await context.Response.Body.WriteAsync(page, context.RequestAborted);
    }

    private static string Make(string path, IEnumerable<IFileInfo> contents)
    {
        var title = HtmlEncoder.Default.Encode($"Index of {path}");
        StringBuilder page = new();
        page.Append(CultureInfo.InvariantCulture, $"<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width\"><title>{title}</title><style>{Style}</style></head>\n<body><h1>{title}</h1>\n<table>\n");
        if (path != "/")
            page.Append("<tr><td><a href=\"../\">../</a></td><td></td><td></td></tr>\n");
        foreach (var entry in contents.OrderByDescending(entry => entry.IsDirectory).ThenBy(entry => entry.Name, StringComparer.Ordinal))
        {
            var slash = entry.IsDirectory ? "/" : "";
            page.Append(CultureInfo.InvariantCulture, $"<tr><td><a href=\"./{Uri.EscapeDataString(entry.Name)}{slash}\">{HtmlEncoder.Default.Encode(entry.Name)}{slash}</a></td><td>{(entry.IsDirectory ? "" : Size(entry.Length))}</td><td>{entry.LastModified.UtcDateTime:yyyy-MM-dd HH:mm}</td></tr>\n");
        }

        return page.Append("</table></body></html>\n").ToString();
    }

    private static string Size(long bytes)
    {
        string[] units = ["B", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB"];
        var unit = 0;
        double size = bytes;
        for (; size >= 1024 && unit < units.Length - 1; unit++)
            size /= 1024;
        return string.Create(CultureInfo.InvariantCulture, $"{size:0.#} {units[unit]}");
    }
}
