using System.Globalization;
using TacHost.Control.Wire;
using TacHost.Dashboard.Operations;

namespace TacHost.Dashboard.Pages;

/// <summary>The pages that are not live: a deployment, a history, and the result of an operation.</summary>
internal static class DetailPages
{
    /// <summary>Returns the page of a deployment of an emperor.</summary>
    public static Html OfUnit(int emperor, UnitReport unit, IEnumerable<(int Process, string Application)> applications, Forms forms) => Page.Frame(unit.Name, Html.Of($"""
        <dl>
        <dt>State</dt><dd>{unit.State}{(unit.Since is { } since ? $" since {Timestamp.Of(since)}" : "")}</dd>
        {Entry("Reason", unit.Reason)}{Entry("Last exit", unit.LastExit)}{Entry("Next try", unit.NextTry is { } next ? Timestamp.Of(next) : null)}{Entry("Memory", unit.Memory is { } bytes ? string.Create(CultureInfo.InvariantCulture, $"{bytes / 1e6:0.0} MB") : null)}{Entry("Tac file", unit.Source)}{Entry("Log", unit.LogFile)}
        </dl>
        {Html.Join(applications.Select(each => Html.Of($"<p><a href=\"{View.Link(each.Process, each.Application)}\">Services and log of {each.Application}</a></p>")))}
        {Forms.Box("Operate the deployment", forms.OfUnit(emperor, unit))}
        """));

    /// <summary>Returns the page of the deployments that a process keeps.</summary>
    public static Html OfHistory(View view, HistoryReport history, Forms forms) => Page.Frame($"History of {view.Application}", Html.Of($"""
        <div class="fleet" tabindex="0" role="group" aria-label="History"><table><thead><tr><th scope="col">Number</th><th scope="col">Since</th><th scope="col">Change</th><th scope="col">Tac file</th><th scope="col">Back to it</th></tr></thead><tbody>
        {Html.Join(history.Deployments.Reverse().Select(each => Entry(view, each, forms)))}
        </tbody></table></div>
        {Back(view)}
        """));

    /// <summary>Returns the page about the result of an operation.</summary>
    public static Html OfOutcome(Operation operation, Outcome outcome, string back, Forms forms) => Page.Frame(outcome.Succeeded ? $"{operation.Verb} of {operation.Name}" : $"{operation.Verb} of {operation.Name} failed", Html.Of($"""
        <ul class="lines" role="status">{Html.Join(outcome.Lines.Select(line => Html.Of($"<li>{line}</li>")))}</ul>
        {Html.If(operation.Verb == "plan" && outcome.Succeeded && outcome.Fingerprint is null, $"<p>A reload would change nothing.</p>")}
        {(outcome.Fingerprint is { } fingerprint ? Forms.Box("Operate the application", forms.OfPlan(operation, fingerprint)) : Html.Empty)}
        <p><a href="{back}">Back</a></p>
        """));

    private static Html Entry(string name, string? value) => Html.If(!string.IsNullOrEmpty(value), $"<dt>{name}</dt><dd>{value}</dd>");

    private static Html Entry(View view, HistoryEntry entry, Forms forms) => Html.Of($"""
        <tr><th scope="row">{entry.Number}</th><td>{Timestamp.Of(entry.Since)}</td><td>{entry.Change}</td><td>{entry.Source}</td><td>{(entry.Runs ? new Html("runs") : forms.Confirmed(new Operation("rollback", view.Process!.Value, view.Application, entry.Number.ToString(CultureInfo.InvariantCulture)), "Roll back", $"Replace what differs from deployment {entry.Number}?"))}</td></tr>
        """);

    private static Html Back(View view) => Html.Of($"<p><a href=\"{View.Link(view.Process!.Value, view.Application)}\">Back</a></p>");
}
