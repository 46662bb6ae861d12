using System.Globalization;
using System.Text.Json;
using TacHost.Control.Wire;

namespace TacHost.Control.Client;

/// <summary>The services of a running application, as text and as JSON.</summary>
internal static class RunningTree
{
    private const int Wide = 100;

    public static string Text(IReadOnlyList<ServiceReport> services, Screen screen)
    {
        var withTypes = screen.Width is not < Wide;
        Table table = new(["SERVICE", .. withTypes ? ["TYPE"] : Array.Empty<string>(), "STATE", "SINCE", "CONNECTIONS", ""]) { TruncatesEnd = true };
        for (var i = 0; i < services.Count; i++)
        {
            var service = services[i];
            var connections = service.Connections is { } open ? string.Create(CultureInfo.InvariantCulture, $"{open} of {service.Accepted}") : "";
            table.Add([Branch(services, i) + service.Name, .. withTypes ? [service.Type] : Array.Empty<string>(), service.State, Moment.Short(service.Since), connections, Remarks(service)]);
        }

        return table.ToString(screen.Width, (column, text) => column == (withTypes ? 2 : 1) ? screen.State(text) : text);
    }

    /// <summary>Returns the tree in the form of <c>tachost tree FILE --json</c>, with the state of the running services.</summary>
    public static string Json(IReadOnlyList<ServiceReport> services) => JsonText.Of(json =>
    {
        var next = 0;
        Write(json, services, ref next);
    });

    private static string Remarks(ServiceReport service)
    {
        List<string> all = [];
        if (service.LocalAddresses.Count > 0)
            all.Add($"listens on {string.Join(" and ", service.LocalAddresses)}");
        if (service.Restarts > 0)
            all.Add(string.Create(CultureInfo.InvariantCulture, $"restarted {service.Restarts} times"));
        if (service.NextTry is { } next)
            all.Add($"next try {Moment.Short(next)}");
        if (service.LastFailure is { } failure)
            all.Add($"last failure: {failure}");
        return string.Join(", ", all);
    }

    private static string Branch(IReadOnlyList<ServiceReport> services, int index)
    {
        var depth = services[index].Depth;
        if (depth == 0)
            return "";
        var line = HasSiblingBelow(services, index, depth) ? "├─ " : "└─ ";
        for (var level = depth - 1; level > 0; level--)
            line = (HasSiblingBelow(services, index, level) ? "│  " : "   ") + line;
        return line;
    }

    private static bool HasSiblingBelow(IReadOnlyList<ServiceReport> services, int index, int level)
    {
        for (var i = index + 1; i < services.Count && services[i].Depth >= level; i++)
        {
            if (services[i].Depth == level)
                return true;
        }

        return false;
    }

    private static void Write(Utf8JsonWriter json, IReadOnlyList<ServiceReport> services, ref int next)
    {
        var service = services[next++];
        json.WriteStartObject();
        foreach (var member in JsonSerializer.SerializeToElement(service, ControlJson.Default.ServiceReport).EnumerateObject())
        {
            if (member.Name == "localAddresses")
            {
                json.WritePropertyName("listens");
                member.Value.WriteTo(json);
            }
            else if (member.Name is not "depth")
            {
                member.WriteTo(json);
            }
        }

        json.WriteStartArray("services");
        while (next < services.Count && services[next].Depth == service.Depth + 1)
            Write(json, services, ref next);
        json.WriteEndArray();
        json.WriteEndObject();
    }
}
