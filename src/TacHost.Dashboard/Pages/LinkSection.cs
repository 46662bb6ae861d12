using TacHost.Dashboard.Watching;

namespace TacHost.Dashboard.Pages;

/// <summary>The services that connect to others, as a picture and as a list.</summary>
internal static class LinkSection
{
    private const string Key = "links";
    private const int RowHeight = 28, Margin = 8, Gap = 120, Arrow = 6, CharacterWidth = 8, Baseline = 19;

    /// <summary>Returns the section, or nothing if there are no links.</summary>
    public static IEnumerable<Section> Of(IEnumerable<ServiceLink> all)
    {
        List<ServiceLink> links = [.. all];
        if (links.Count == 0)
            yield break;
        yield return new Section(Key,
        [
            new Part(null, Html.Of($"<section id=\"{Key}\" class=\"fleet\" tabindex=\"0\" aria-labelledby=\"{Key}-name\"><h2 id=\"{Key}-name\">Connections between services</h2>")),
            new Part($"{Key}-all", Html.Of($"<div id=\"{Key}-all\">{Picture(links)}<ul>{Html.Join(links.Select(Item))}</ul></div>")),
            new Part(null, new Html("</section>")),
        ]);
    }

    /// <summary>Returns the clients on the left, the servers on the right, and an arrow for each link. Screen readers get the list instead.</summary>
    private static Html Picture(List<ServiceLink> links)
    {
        List<ServicePlace> clients = [.. links.Select(link => link.From).Distinct()], servers = [.. links.Select(link => link.To).Distinct()];
        var left = Margin + (clients.Max(client => client.Path.Length) * CharacterWidth);
        var right = left + Gap;
        return Html.Of($"""
            <svg class="tree" width="{right + Margin + (servers.Max(server => server.Path.Length) * CharacterWidth)}" height="{Math.Max(clients.Count, servers.Count) * RowHeight}" aria-hidden="true">{Html.Join(clients.Select((client, row) => Html.Of($"<text class=\"name\" x=\"{left}\" y=\"{(row * RowHeight) + Baseline}\" text-anchor=\"end\">{client.Path}</text>")))}{Html.Join(servers.Select((server, row) => Html.Of($"<text class=\"name\" x=\"{right}\" y=\"{(row * RowHeight) + Baseline}\">{server.Path}</text>")))}{Html.Join(links.Select(link => Curve(left + Margin, Middle(clients.IndexOf(link.From)), right - Margin, Middle(servers.IndexOf(link.To)))))}</svg>
            """);
    }

    private static int Middle(int row) => (row * RowHeight) + (RowHeight / 2);

    private static Html Curve(int left, int from, int right, int to) =>
        Html.Of($"<path class=\"link\" d=\"M{left} {from}C{(left + right) / 2} {from} {(left + right) / 2} {to} {right} {to}m{-Arrow} {-Arrow}l{Arrow} {Arrow}l{-Arrow} {Arrow}\"/>");

    private static Html Item(ServiceLink link) => Html.Of($"<li>{Link(link.From)} connects to {Link(link.To)} on {link.Address}</li>");

    private static Html Link(ServicePlace place) => Html.Of($"<a href=\"{View.Link(place.Process, place.Application, place.Path)}\">{place.Path}</a> (process {place.Process})");
}
