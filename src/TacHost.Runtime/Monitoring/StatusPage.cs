using System.Globalization;
using System.Net;
using System.Text;
using TacHost.Control.Wire;

namespace TacHost.Monitoring;

/// <summary>The status page for browsers. It refreshes itself without a script.</summary>
internal static class StatusPage
{
    private const string Style = "body{font:15px system-ui,sans-serif;margin:2rem auto;max-width:70rem;padding:0 1rem}table{border-collapse:collapse;width:100%}th,td{text-align:left;padding:.3rem .8rem .3rem 0;border-bottom:1px solid #8884;vertical-align:top}.running{color:#197a2b}.failed{color:#b3261e;font-weight:bold}small{color:#777}@media(prefers-color-scheme:dark){body{background:#111;color:#ddd}.running{color:#6c6}.failed{color:#f77}}";

    public static string Make(StatusReport report)
    {
        var process = report.Process;
        var names = string.Join(", ", process.Applications.Select(application => application.Name ?? application.Source));
        StringBuilder text = new();
        text.Append(CultureInfo.InvariantCulture, $"<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><meta http-equiv=\"refresh\" content=\"5\"><meta name=\"viewport\" content=\"width=device-width\"><title>{Html(names)}</title><style>{Style}</style></head>\n<body><h1>{Html(names)}</h1>\n");
        foreach (var application in process.Applications)
            text.Append(CultureInfo.InvariantCulture, $"<p>{State(application.State)} from {Html(application.Source)}{Since(application.Since)}</p>\n");
        text.Append(CultureInfo.InvariantCulture, $"<p><small>process {process.Pid}, tachost {Html(process.Version)}{(process.LogFile is { } log ? $", log {Html(log)}" : "")}</small></p>\n");
        text.Append("<table><thead><tr><th>service</th><th>class</th><th>state</th><th>restarts</th><th>listens on</th><th>connections</th></tr></thead><tbody>\n");
        foreach (var service in report.Services)
        {
            var failure = service.LastFailure is null ? "" : $"<br><small>{Html(service.LastFailure)}</small>";
            text.Append(CultureInfo.InvariantCulture, $"<tr><td style=\"padding-left:{1.5 * service.Depth}rem\">{Html(service.Name)}</td><td>{Html(service.Type)}</td><td>{State(service.State)}{failure}</td><td>{service.Restarts}</td><td>{Html(string.Join(", ", service.LocalAddresses))}</td><td>{service.Connections}</td></tr>\n");
        }

        return text.Append("</tbody></table>\n<p><small><a href=\"/metrics\">metrics</a> · <a href=\"/readyz\">ready?</a> · <a href=\"/tree\">JSON</a></small></p></body></html>\n").ToString();
    }

    private static string State(string state) => $"<span class=\"{Html(state)}\">{Html(state)}</span>";

    private static string Since(DateTimeOffset? time) => time is null ? "" : $" since {time.Value.ToString("yyyy-MM-dd HH:mm:ss zzz", CultureInfo.InvariantCulture)}";

    private static string Html(string text) => WebUtility.HtmlEncode(text);
}
