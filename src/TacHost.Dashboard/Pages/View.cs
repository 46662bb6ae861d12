using System.Globalization;
using Microsoft.AspNetCore.Http;
using TacHost.Control.Wire;
using TacHost.Dashboard.Watching;

namespace TacHost.Dashboard.Pages;

/// <summary>The content of a page: all applications, or one.</summary>
/// <param name="Process">The process ID, or null for everything.</param>
/// <param name="Application">The name of the application.</param>
internal sealed record View(int? Process, string Application)
{
    /// <summary>Returns the view that the query of an address asks for.</summary>
    public static View Of(IQueryCollection query) =>
        int.TryParse(query["process"], NumberStyles.None, CultureInfo.InvariantCulture, out var process) ? new View(process, query["application"].ToString()) : new View(null, "");

    /// <summary>Gets the query of the address.</summary>
    public string Query => Process is { } process ? QueryOf(process, Application).Value! : "";

    /// <summary>Returns whether a line of the log belongs to the view.</summary>
    public bool Shows(WatchedLine line) => Process is null || (line.Process == Process && line.Application == Application);

    /// <summary>Returns the sections.</summary>
    public IReadOnlyList<Section> Sections(Snapshot snapshot)
    {
        if (Process is { } process)
            return snapshot.Find(process, Application) is var (found, application) ? [SectionOf(found, application), .. LinkSection.Of(ServiceLink.In(snapshot).Where(link => IsHere(link.From) || IsHere(link.To)))] : [Gone()];
        List<Section> all = [];
        foreach (var each in snapshot.Processes)
        {
            if (each.Status is null)
                all.Add(Silent(each));
            if (each.Fleet is { } fleet)
                all.Add(FleetSection.Of(each, fleet));
            all.AddRange(each.Applications.Select(application => SectionOf(each, application)));
        }

        return [.. all, .. LinkSection.Of(ServiceLink.In(snapshot))];
    }

    /// <summary>Returns the address of the page of an application, or of a service of it.</summary>
    public static string Link(int process, string application, string? service = null) =>
        $"/application{(service is null ? QueryOf(process, application) : QueryOf(process, application).Add("service", service))}";

    /// <summary>Returns the query that means an application.</summary>
    public static QueryString QueryOf(int process, string application) =>
        QueryString.Create([new KeyValuePair<string, string?>("process", process.ToString(CultureInfo.InvariantCulture)), new KeyValuePair<string, string?>("application", application)]);

    private bool IsHere(ServicePlace place) => place.Process == Process && place.Application == Application;

    private static Section SectionOf(WatchedProcess process, ApplicationReport application)
    {
        var name = application.Name ?? "?";
        var key = string.Create(CultureInfo.InvariantCulture, $"a{process.Id}-{process.Applications.Index().First(each => ReferenceEquals(each.Item, application)).Index}");
        var state = application.Failed.Count > 0 ? "failed" : application.State;
        return new Section(key,
        [
            new Part(null, Html.Of($"<article id=\"{key}\" aria-labelledby=\"{key}-name\">")),
            new Part($"{key}-head", Html.Of($"""<header id="{key}-head" class="{state}"><h2 id="{key}-name"><a href="{Link(process.Id, name)}">{name}</a></h2><p><span class="state">{state}</span> {Facts(process, application)}</p></header>""")),
            .. TreePicture.Parts(key, name, process.ServicesOf(name), service => Link(process.Id, name, service.Path)),
            new Part(null, new Html("</article>")),
        ]);
    }

    private static string Facts(WatchedProcess process, ApplicationReport application)
    {
        List<string> all = [string.Create(CultureInfo.InvariantCulture, $"process {process.Id} of {process.User}")];
        if (application.Since is { } since)
            all.Add($"since {Timestamp.Of(since)}");
        all.Add(string.Create(CultureInfo.InvariantCulture, $"{application.Services} {(application.Services == 1 ? "service" : "services")}"));
        all.Add(string.Create(CultureInfo.InvariantCulture, $"{application.Connections} {(application.Connections == 1 ? "connection" : "connections")}"));
        all.Add(application.Source);
        return string.Join(" · ", all);
    }

    private static Section Silent(WatchedProcess process)
    {
        var key = string.Create(CultureInfo.InvariantCulture, $"p{process.Id}");
        return new Section(key, [new Part(key, Html.Of($"""<article id="{key}"><header class="failed"><h2>process {process.Id}</h2><p><span class="state">does not answer</span> process of {process.User}</p></header></article>"""))]);
    }

    private static Section Gone() => new("gone", [new Part("gone", new Html("""<section id="gone"><p>This application does not run any more, at least not in this process.</p></section>"""))]);
}
