using System.Net;
using System.Text;
using FastPoetry.Services;
using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;

namespace FastPoetry.Web;

/// <summary>Answers HTTP requests: a list of the poems at <c>/</c>, and each at <c>/poems/NAME</c> as plain text.</summary>
/// <remarks>A poem has a strong entity tag, so that a client that has the poem gets status 304 (RFC 9110, section 13). Only GET and HEAD are allowed.</remarks>
/// <param name="poetry">Holds the poems; must be started before the server that uses this.</param>
public sealed class PoetrySite(PoetryService poetry)
{
    private const string Poems = "/poems/";
    private const string PlainText = "text/plain; charset=utf-8";

    /// <summary>Answers one request. Called by several threads at once.</summary>
    public Task AnswerAsync(HttpContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        var path = context.Request.Path.Value ?? "";
        var poem = path.StartsWith(Poems, StringComparison.Ordinal) ? poetry.Find(path[Poems.Length..]) : null;
        context.Response.Headers.XContentTypeOptions = "nosniff";
        if (poem is null && path != "/")
            return RespondAsync(context, StatusCodes.Status404NotFound, PlainText, Encoding.UTF8.GetBytes($"There is no '{path}' here. The poems are listed at '/'.\n"));
        if (!HttpMethods.IsGet(context.Request.Method) && !HttpMethods.IsHead(context.Request.Method))
        {
            context.Response.Headers.Allow = "GET, HEAD";
            return RespondAsync(context, StatusCodes.Status405MethodNotAllowed, PlainText, "Poems can only be read: GET or HEAD.\n"u8.ToArray());
        }

        return poem is null
            ? RespondAsync(context, StatusCodes.Status200OK, "text/html; charset=utf-8", Encoding.UTF8.GetBytes(List()))
            : TellPoemAsync(context, poem);
    }

    private static Task TellPoemAsync(HttpContext context, NamedPoem poem)
    {
        EntityTagHeaderValue tag = new($"\"{poem.Edition}\"");
        context.Response.Headers.ETag = tag.ToString();
        context.Response.Headers.CacheControl = "no-cache";
        var known = context.Request.GetTypedHeaders().IfNoneMatch;
        if (known.Any(each => each.Equals(EntityTagHeaderValue.Any) || each.Compare(tag, useStrongComparison: false)))
        {
            context.Response.StatusCode = StatusCodes.Status304NotModified;
            return Task.CompletedTask;
        }

        if (HttpMethods.IsGet(context.Request.Method))
            PoetryWebLog.Sending(PoetryWebLog.LoggerOf(context), poem.Text.Length, PoetryWebLog.PeerOf(context));
        return RespondAsync(context, StatusCodes.Status200OK, PlainText, poem.Text);
    }

    private static async Task RespondAsync(HttpContext context, int status, string type, ReadOnlyMemory<byte> body)
    {
        context.Response.StatusCode = status;
        context.Response.ContentType = type;
        context.Response.ContentLength = body.Length;
        if (!HttpMethods.IsHead(context.Request.Method))
            await context.Response.Body.WriteAsync(body, context.RequestAborted);
    }

    private string List() => $"""
        <!DOCTYPE html>
        <html lang="en">
        <head><meta charset="utf-8"><title>Poetry</title></head>
        <body>
        <h1>Poetry</h1>
        <ul>
        {string.Join('\n', poetry.Poems.Select(poem => $"<li><a href=\"{Poems}{Uri.EscapeDataString(poem.Name)}\">{WebUtility.HtmlEncode(poem.Name)}</a></li>"))}
        </ul>
        </body>
        </html>

        """;
}
