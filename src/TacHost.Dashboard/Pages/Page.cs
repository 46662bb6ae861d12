using TacHost.Dashboard.Watching;

namespace TacHost.Dashboard.Pages;

/// <summary>Makes whole pages.</summary>
internal static class Page
{
    /// <summary>The number of lines of the log that a page has when it is opened.</summary>
    private const int FirstLines = 200;

    /// <summary>Returns the page of a view.</summary>
    public static Html Of(View view, Snapshot snapshot, Watcher watcher, Html forms)
    {
        var sections = view.Sections(snapshot);
        var lines = watcher.Lines(0, snapshot.LogEnd).Where(view.Shows).OrderBy(line => line.Report.Time).ToList();
        return Frame(view.Process is null ? "tachost" : view.Application, Html.Of($"""
            <div id="view" data-events="/events{view.Query}{(view.Query.Length == 0 ? "?" : "&")}version={snapshot.Version}">{Html.Join(sections.Select(section => section.Html))}</div>
            {Html.If(sections.Count == 0, $"<p>No application runs here.</p>")}
            {forms}
            <h2 id="log-name">Log</h2>
            <ol id="log" tabindex="0" aria-labelledby="log-name">{Html.Join(lines.TakeLast(FirstLines).Select(line => Line(line, view)))}</ol>
            <noscript><p>Without JavaScript, this page shows one moment. Load it again for the next.</p></noscript>
            <script src="/dashboard.js" type="module"></script>
            """));
    }

    /// <summary>Returns a page around its content.</summary>
    public static Html Frame(string title, Html content) => Html.Of($"""
        <!DOCTYPE html>
        <html lang="en">
        <head>
        <meta charset="utf-8">
        <meta name="viewport" content="width=device-width, initial-scale=1">
        <meta name="color-scheme" content="light dark">
        <title>{title}</title>
        <link rel="stylesheet" href="/dashboard.css">
        <link rel="icon" href="/icon.svg" type="image/svg+xml">
        </head>
        <body>
        <header class="top"><nav aria-label="Pages"><a href="/">All applications</a></nav><p id="live" role="status"></p></header>
        <main>
        <h1>{title}</h1>
        {content}
        </main>
        </body>
        </html>

        """);

    /// <summary>Returns a line of the log.</summary>
    public static Html Line(WatchedLine line, View view) =>
        Html.Of($"<li class=\"{line.Report.Level}\">{Html.If(view.Process is null, $"<b>{line.Application}</b> ")}{line.Report.Line}</li>");
}
