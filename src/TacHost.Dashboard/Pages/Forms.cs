using TacHost.Control.Wire;
using TacHost.Dashboard.Operations;
using TacHost.Dashboard.Watching;

namespace TacHost.Dashboard.Pages;

/// <summary>The forms of the page. The forms that interrupt a service ask for a confirmation.</summary>
/// <param name="secret">The secret that shows that a form is from this page.</param>
internal sealed class Forms(string secret)
{
    /// <summary>Returns the forms for an application, or for a service of it.</summary>
    public Html Of(WatchedProcess process, string application, string service, (WatchedProcess Emperor, UnitReport Unit)? deployment)
    {
        if (process.Id == Environment.ProcessId)
            return Html.Of($"<p>This is the process of the page. Operate it from the command line.</p>");
        if (process.ServicesOf(application).FirstOrDefault(each => each.Path == service && each.Depth > 0) is { } found)
            return OfService(process.Id, found);
        return Box("Operate the application", Html.Of($"""
            {Plain(new Operation("plan", process.Id, application, ""), process.Fleet is null ? "Plan a reload" : "Plan an apply")}
            {(deployment is var (emperor, unit) ? OfUnit(emperor.Id, unit) : Confirmed(new Operation("stop", process.Id, application, ""), "Stop", $"Stop process {process.Id} with all its services?"))}
            <p><a href="/history{View.QueryOf(process.Id, application).Value}">History</a></p>
            """));
    }

    /// <summary>Returns the forms for a deployment of an emperor.</summary>
    public Html OfUnit(int emperor, UnitReport unit) => unit.Pid is null
        ? Plain(new Operation("fleet-start", emperor, unit.Name, ""), "Start")
        : Html.Of($"""
            {Confirmed(new Operation("fleet-reload", emperor, unit.Name, ""), "Reload", $"Compile {unit.Name}, and replace what has changed?")}
            {Confirmed(new Operation("fleet-restart", emperor, unit.Name, ""), "Restart", $"Compile {unit.Name}, stop it and start it again?")}
            {Confirmed(new Operation("fleet-stop", emperor, unit.Name, ""), "Stop", $"Stop {unit.Name}, and leave it off until it is started?")}
            """);

    /// <summary>Returns the form that reloads as planned.</summary>
    public Html OfPlan(Operation plan, string fingerprint) => Plain(plan with { Verb = "reload", Detail = fingerprint }, "Reload as planned");

    /// <summary>Returns a form with a button.</summary>
    public Html Plain(Operation operation, string text) => Html.Of($"""
        <form method="post" action="/act"><input type="hidden" name="{Access.CrossSite.FieldName}" value="{secret}"><input type="hidden" name="process" value="{operation.Process}"><input type="hidden" name="name" value="{operation.Name}"><input type="hidden" name="detail" value="{operation.Detail}"><button name="verb" value="{operation.Verb}">{text}</button></form>
        """);

    /// <summary>Returns a form that opens behind its name, with a question.</summary>
    public Html Confirmed(Operation operation, string name, string question) => Html.Of($"<details><summary>{name}…</summary><p>{question}</p>{Plain(operation, $"{name}: yes")}</details>");

    /// <summary>Returns a box around forms.</summary>
    public static Html Box(string name, Html forms) => Html.Of($"<section class=\"forms\" aria-label=\"{name}\">{forms}</section>");

    private Html OfService(int process, ServiceReport service)
    {
        var operation = new Operation("service-stop", process, service.Path, "");
        return Box($"Operate {service.Path}", Html.Of($"""
            <h2>{service.Path}</h2>
            <p>{TreePicture.StateOf(service)}{(service.Since is { } since ? $" since {Timestamp.Of(since)}" : "")} · {TreePicture.Facts(service)}</p>
            {(service.State is "running" or "starting" ? Confirmed(operation, "Stop", $"Stop {service.Path}? Its supervisor leaves it alone.") : Plain(operation with { Verb = "service-start" }, "Start"))}
            {Confirmed(operation with { Verb = "service-restart" }, "Restart", $"Stop {service.Path}, and start it again?")}
            """));
    }
}
