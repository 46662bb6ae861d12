using System.Globalization;
using System.Text;
using System.Text.Json;
using TacHost.CommandLine;
using TacHost.Control.Wire;

namespace TacHost.Control.Client;

/// <summary>The command <c>tachost status</c>, which shows the state of a running application.</summary>
internal static class StatusCommand
{
    /// <summary>Runs the command.</summary>
    /// <returns>The exit code: 0 if the application and all its services run, 70 if one has failed, 69 if the application is starting or stopping.</returns>
    public static int Run(string? who, bool asJson)
    {
        var running = ApplicationSearch.Find(who);
        var status = Ask(running);
        var application = status.Process.Applications.FirstOrDefault(each => each.Name == running.Name)
            ?? throw new TacHostException(ExitCode.Unavailable, SingleLine.Escape($"'{running.Name}' has just been removed from process {running.Process}."));
        if (asJson)
            Terminal.Write(JsonText.Of(status, ControlJson.Default.StatusReport));
        else
            Terminal.Write(Text(running, status, application));
        return application switch
        {
            { Failed.Count: > 0 } or { State: "failed" } => ExitCode.Software,
            { State: "running" } => ExitCode.Success,
            _ => ExitCode.Unavailable,
        };
    }

    /// <summary>Queries the state of a process with all services.</summary>
    public static StatusReport Ask(RunningApplication running)
    {
        using var client = running.Connect();
        return Ask(client);
    }

    /// <summary>Queries the state of a process with all services.</summary>
    public static StatusReport Ask(ControlClient client) =>
        client.Call("status", null, ControlClient.Timeout).Deserialize(ControlJson.Default.StatusReport)!;

    private static string Text(RunningApplication running, StatusReport status, ApplicationReport application)
    {
        var (screen, process) = (Screen.Standard, status.Process);
        StringBuilder text = new();
        var since = application.Since is { } moment ? $" since {Moment.Long(moment)}" : "";
        text.Append(CultureInfo.InvariantCulture, $"{screen.Heading(SingleLine.Escape(application.Name ?? "?"))}: {screen.State(application.State)}{since}\n");
        Row("tac", application.Source);
        Row("process", string.Create(CultureInfo.InvariantCulture, $"{running.Process}, {(process.Daemon ? "a daemon" : "in the foreground")}, user {running.UserName}, tachost {process.Version}"));
        Row("root", process.Root);
        Row("pid file", process.PidFile);
        Row("log", process.LogFile);
        Row("services", string.Create(CultureInfo.InvariantCulture, $"{application.Services}{(application.Failed.Count > 0 ? $", {application.Failed.Count} failed" : "")}"));
        Row("connections", application.Connections.ToString(CultureInfo.InvariantCulture));
        foreach (var service in status.Services.Where(service => application.Failed.Contains(service.Path)))
            text.Append(CultureInfo.InvariantCulture, $"  {screen.Alarm("failed")}       {SingleLine.Escape($"{service.Path}: {service.LastFailure ?? "no reason was given"}")}{(service.NextTry is { } next ? $"; next try {Moment.Long(next)}" : "")}\n");
        return text.ToString();

        void Row(string name, string? value)
        {
            if (value is not null)
                text.Append(CultureInfo.InvariantCulture, $"  {name,-12} {SingleLine.Escape(value)}\n");
        }
    }
}
