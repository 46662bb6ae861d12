using System.Globalization;
using TacHost.Control.Wire;

namespace TacHost.Dashboard.Pages;

/// <summary>The services of an application as SVG: a row for each, with a line to its group.</summary>
internal static class TreePicture
{
    private const int RowHeight = 28, Indent = 22, Margin = 8, DotRadius = 5, Baseline = 19;

    /// <summary>Returns the picture. The rows can be replaced one by one.</summary>
    /// <param name="key">The beginning of all IDs.</param>
    /// <param name="name">The name of the application.</param>
    /// <param name="services">The services, each group before its children.</param>
    /// <param name="linkOf">Returns the address of the page of a service.</param>
    public static IEnumerable<Part> Parts(string key, string name, IReadOnlyList<ServiceReport> services, Func<ServiceReport, string> linkOf)
    {
        yield return new Part(null, Html.Of($"<svg class=\"tree\" width=\"100%\" height=\"{services.Count * RowHeight}\" role=\"list\" aria-label=\"Services of {name}\">"));
        Dictionary<int, int> lastRows = [];
        foreach (var (row, service) in services.Index())
        {
            var up = service.Depth == 0 ? 0 : row - lastRows.GetValueOrDefault(service.Depth - 1);
            var sibling = service.Depth > 0 && lastRows.TryGetValue(service.Depth, out var before) && before > row - up ? row - before : up;
            lastRows[service.Depth] = row;
            yield return new Part(string.Create(CultureInfo.InvariantCulture, $"{key}-{row}"), Row(key, row, service, sibling, sibling == up, linkOf(service)));
        }

        yield return new Part(null, new Html("</svg>"));
    }

    /// <summary>Returns the state of a service in one word, for the eye and for the style sheet.</summary>
    public static string StateOf(ServiceReport service) => service is { State: "stopped", NextTry: not null } ? "failed" : service.State;

    private static Html Row(string key, int row, ServiceReport service, int linesUp, bool isFirst, string link)
    {
        var (left, middle, state) = (Margin + (service.Depth * Indent), RowHeight / 2, StateOf(service));
        return Html.Of($"""
            <g id="{key}-{row}" class="service {state}" role="listitem" transform="translate(0 {row * RowHeight})">{Branch(left, middle, service.Depth, linesUp, isFirst)}{Dot(left + DotRadius, middle, state)}<a href="{link}"><text x="{left + (DotRadius * 2) + Margin}" y="{Baseline}"><tspan class="name">{service.Name}</tspan><tspan class="state" dx="8">{state}</tspan><tspan class="facts" dx="8">{Facts(service)}</tspan></text></a></g>
            """);
    }

    /// <summary>Returns the line from a service up to its group, or to the sibling above it.</summary>
    private static Html Branch(int left, int middle, int depth, int linesUp, bool isFirst)
    {
        if (depth == 0)
            return Html.Empty;
        var (x, top) = (left - Indent + DotRadius, middle - (linesUp * RowHeight) + (isFirst ? DotRadius : 0));
        return Html.Of($"<path class=\"branch\" aria-hidden=\"true\" d=\"M{x} {top}V{middle}H{left}\"/>");
    }

    /// <summary>Returns a mark whose shape, and not only its colour, tells the state.</summary>
    private static Html Dot(int x, int y, string state) => state switch
    {
        "failed" => Html.Of($"<path class=\"mark\" aria-hidden=\"true\" d=\"M{x - 5} {y - 5}L{x + 5} {y + 5}M{x + 5} {y - 5}L{x - 5} {y + 5}\"/>"),
        "starting" or "stopping" => Html.Of($"<path class=\"mark\" aria-hidden=\"true\" d=\"M{x} {y - 5}A5 5 0 0 1 {x} {y + 5}Z\"/>"),
        _ => Html.Of($"<circle class=\"mark\" aria-hidden=\"true\" cx=\"{x}\" cy=\"{y}\" r=\"4\"/>"),
    };

    /// <summary>Returns what is known of a service beside its state.</summary>
    public static string Facts(ServiceReport service)
    {
        List<string> all = service.Type == service.Name ? [] : [service.Type];
        if (service.Connections is { } open)
            all.Add(string.Create(CultureInfo.InvariantCulture, $"{open} of {service.Accepted ?? 0} connections"));
        if (service.Restarts > 0)
            all.Add(service.Restarts == 1 ? "restarted once" : string.Create(CultureInfo.InvariantCulture, $"restarted {service.Restarts} times"));
        all.AddRange(service.LocalAddresses);
        all.AddRange(service.Connects.Select(each => $"connects to {each}"));
        if (service.NextTry is { } next)
            all.Add($"next try {Timestamp.Of(next)}");
        if (service.LastFailure is { } failure)
            all.Add(failure);
        return string.Join(" · ", all);
    }
}
