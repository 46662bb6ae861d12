using Microsoft.AspNetCore.Http;

namespace TacHost.Dashboard.Pages;

/// <summary>Sends pages.</summary>
internal static class Responses
{
    /// <summary>Sends a page.</summary>
    public static Task SendAsync(HttpContext context, Html page, CancellationToken cancellationToken)
    {
        context.Response.ContentType = "text/html; charset=utf-8";
        context.Response.Headers.CacheControl = "no-store";
        return context.Response.WriteAsync(page.Text, cancellationToken);
    }

    /// <summary>Sends a page with the reason why there is no other.</summary>
    public static Task RefuseAsync(HttpContext context, int status, string reason)
    {
        context.Response.StatusCode = status;
        return SendAsync(context, Page.Frame("tachost", Html.Of($"<p>{reason}</p>")), context.RequestAborted);
    }
}
