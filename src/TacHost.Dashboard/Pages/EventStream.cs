using System.Globalization;
using Microsoft.AspNetCore.Http;
using TacHost.Dashboard.Watching;

namespace TacHost.Dashboard.Pages;

/// <summary>The server-sent events of one open page.</summary>
internal static class EventStream
{
    /// <summary>Sends what changes until the client leaves.</summary>
    public static async Task SendAsync(HttpContext context, Watcher watcher, CancellationToken cancellationToken)
    {
        var view = View.Of(context.Request.Query);
        context.Response.ContentType = "text/event-stream";
        context.Response.Headers.CacheControl = "no-store";
        await context.Response.WriteAsync("retry: 2000\n\n", cancellationToken);
        var last = Known(context, watcher);
        var sections = last is null ? null : view.Sections(last);
        var snapshot = last is null ? await watcher.NowAsync(cancellationToken) : await watcher.AfterAsync(last, cancellationToken);
        var lines = (last ?? snapshot).LogEnd;
        while (true)
        {
            var now = view.Sections(snapshot);
            await SendAsync(context.Response, sections, now, cancellationToken);
            await SendAsync(context.Response, "log", Html.Join(watcher.Lines(lines, snapshot.LogEnd).Where(view.Shows).Select(line => Page.Line(line, view))), cancellationToken);
            await context.Response.WriteAsync(string.Create(CultureInfo.InvariantCulture, $"id: {snapshot.Version}\n\n"), cancellationToken);
            (sections, lines) = (now, snapshot.LogEnd);
            snapshot = await watcher.AfterAsync(snapshot, cancellationToken);
        }
    }

    /// <summary>Returns the state that the page shows, from its address or from the last event before it lost the connection.</summary>
    private static Snapshot? Known(HttpContext context, Watcher watcher)
    {
        var text = context.Request.Headers["Last-Event-ID"] is [{ } id] ? id : context.Request.Query["version"].ToString();
        return long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var version) ? watcher.Find(version) : null;
    }

    private static async Task SendAsync(HttpResponse response, IReadOnlyList<Section>? before, IReadOnlyList<Section> now, CancellationToken cancellationToken)
    {
        if (before is null || Section.Changes(before, now) is not { } changes)
        {
            await SendAsync(response, "view", Html.Join(now.Select(section => section.Html)), cancellationToken);
            return;
        }

        await SendAsync(response, "rows", Html.Join(changes.Where(each => IsRow(each.Html)).Select(each => each.Html)), cancellationToken);
        await SendAsync(response, "parts", Html.Join(changes.Where(each => !IsRow(each.Html)).Select(each => each.Html)), cancellationToken);
    }

    /// <summary>SVG is parsed in another way than HTML.</summary>
    private static bool IsRow(Html html) => html.Text.StartsWith("<g ", StringComparison.Ordinal);

    private static Task SendAsync(HttpResponse response, string name, Html html, CancellationToken cancellationToken) =>
        html.Text.Length == 0 && name != "view" ? Task.CompletedTask : response.WriteAsync($"event: {name}\ndata: {html.Text.ReplaceLineEndings("\ndata: ")}\n\n", cancellationToken);
}
