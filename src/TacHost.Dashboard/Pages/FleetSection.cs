using System.Globalization;
using TacHost.Control.Wire;
using TacHost.Dashboard.Watching;

namespace TacHost.Dashboard.Pages;

/// <summary>The deployments of an emperor as a table, also those without a process.</summary>
internal static class FleetSection
{
    /// <summary>Returns the section.</summary>
    public static Section Of(WatchedProcess emperor, FleetReport fleet)
    {
        var key = string.Create(CultureInfo.InvariantCulture, $"f{emperor.Id}");
        List<Part> parts = [new(null, Html.Of($"<section id=\"{key}\" class=\"fleet\" tabindex=\"0\" aria-labelledby=\"{key}-name\"><h2 id=\"{key}-name\">Fleet {fleet.Directory}</h2>"))];
        if (fleet.Problem is { } problem)
            parts.Add(new Part(null, Html.Of($"<p class=\"problem\">{problem}</p>")));

        // A table of its own for each row would lose the columns, so the body is one part.
        parts.Add(new Part($"{key}-units", Html.Of($"<table id=\"{key}-units\"><thead><tr><th scope=\"col\">Deployment</th><th scope=\"col\">State</th><th scope=\"col\">Restarts</th><th scope=\"col\">Reason</th></tr></thead><tbody>{Html.Join(fleet.Units.Select(unit => Row(emperor.Id, unit)))}</tbody></table>")));
        parts.Add(new Part(null, new Html("</section>")));
        return new Section(key, parts);
    }

    private static Html Row(int emperor, UnitReport unit) => Html.Of($"""
        <tr class="{unit.State}"><th scope="row"><a href="{LinkOf(emperor, unit.Name)}">{unit.Name}</a></th><td><span class="state">{unit.State}</span></td><td>{(unit.Restarts > 0 ? unit.Restarts.ToString(CultureInfo.InvariantCulture) : "")}</td><td>{unit.Reason?.Split('\n')[0]}</td></tr>
        """);

    /// <summary>Returns the address of the page of a deployment.</summary>
    public static string LinkOf(int emperor, string unit) =>
        string.Create(CultureInfo.InvariantCulture, $"/deployment?emperor={emperor}&name={Uri.EscapeDataString(unit)}");
}
