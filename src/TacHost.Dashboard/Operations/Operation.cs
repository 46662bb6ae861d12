using System.Globalization;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;

namespace TacHost.Dashboard.Operations;

/// <summary>An operation that a form asks for.</summary>
/// <param name="Verb">The operation, one of <see cref="Verbs"/>.</param>
/// <param name="Process">The ID of the process that executes it.</param>
/// <param name="Name">The name of an application, the path of a service, or the name of a deployment, as the verb needs it.</param>
/// <param name="Detail">The fingerprint of a plan, or the number of an earlier deployment, or nothing.</param>
internal sealed record Operation(string Verb, int Process, string Name, string Detail)
{
    /// <summary>Gets the verbs.</summary>
    public static IReadOnlyList<string> Verbs { get; } =
        ["plan", "reload", "rollback", "stop", "service-stop", "service-start", "service-restart", "fleet-reload", "fleet-start", "fleet-stop", "fleet-restart"];

    /// <summary>Returns the operation that a form asks for, or null if the form is not complete.</summary>
    public static Operation? Of(IFormCollection form)
    {
        var (verb, name) = (form["verb"].ToString(), form["name"].ToString());
        return Verbs.Contains(verb) && name.Length > 0 && int.TryParse(form["process"], NumberStyles.None, CultureInfo.InvariantCulture, out var process)
            ? new Operation(verb, process, name, form["detail"].ToString())
            : null;
    }

    /// <summary>Returns the method of the control socket, and its parameters.</summary>
    public (string Method, JsonObject? Parameters) Call() => Verb switch
    {
        "plan" => ("reload", new JsonObject { ["application"] = Name, ["dryRun"] = true }),
        "reload" => ("reload", Detail.Length > 0 ? new JsonObject { ["application"] = Name, ["ifPlan"] = Detail } : new JsonObject { ["application"] = Name }),
        "rollback" => ("reload", new JsonObject { ["application"] = Name, ["rollback"] = int.TryParse(Detail, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : 0 }),
        "stop" => ("stop", null),
        "service-stop" or "service-start" or "service-restart" => (Verb["service-".Length..], new JsonObject { ["service"] = Name }),
        _ => (Verb, new JsonObject { ["names"] = new JsonArray(JsonValue.Create(Name)) }),
    };
}
