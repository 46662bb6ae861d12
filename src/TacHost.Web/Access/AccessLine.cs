using System.Globalization;
using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace TacHost.Web.Access;

/// <summary>Formats a line in the combined log format of Apache.</summary>
internal static class AccessLine
{
    public static string Make(HttpContext context, DateTimeOffset received, int status, long bytes)
    {
        var request = context.Features.Get<IHttpRequestFeature>()!;
        StringBuilder line = new(160);
        line.Append(context.Connection.RemoteIpAddress is { } address ? (address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address).ToString() : "-");
        line.Append(" - ");
        Append(line, context.User.Identity?.Name is { Length: > 0 } user ? user : "-");
        line.Append(CultureInfo.InvariantCulture, $" [{received.UtcDateTime:dd/MMM/yyyy:HH:mm:ss} +0000] \"");
        Append(line, request.Method);
        line.Append(' ');
        Append(line, request.RawTarget);
        line.Append(' ').Append(request.Protocol).Append(CultureInfo.InvariantCulture, $"\" {status} {(bytes == 0 ? "-" : bytes)} \"");
        Append(line, context.Request.Headers.Referer.ToString() is { Length: > 0 } referer ? referer : "-");
        line.Append("\" \"");
        Append(line, context.Request.Headers.UserAgent.ToString() is { Length: > 0 } agent ? agent : "-");
        return line.Append('"').ToString();
    }

    /// <summary>Appends a text as Apache does: characters that could end the field or the line are escaped.</summary>
    private static void Append(StringBuilder line, string text)
    {
        foreach (var c in text)
        {
            if (c is '"' or '\\')
                line.Append('\\').Append(c);
            else if (char.IsControl(c) || c is '\u2028' or '\u2029')
                line.Append(CultureInfo.InvariantCulture, $"\\x{(int)c:x2}");
            else
                line.Append(c);
        }
    }
}
