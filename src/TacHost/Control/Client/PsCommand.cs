using System.Globalization;
using TacHost.CommandLine;
using TacHost.Native;

namespace TacHost.Control.Client;

/// <summary>The command <c>tachost ps</c>, which lists the running applications.</summary>
internal static class PsCommand
{
    private const int StateColumn = 5;

    public static int Run(CommandOptions command)
    {
        var all = RunningApplication.All();
        if (command.List)
            Terminal.Write(string.Concat(all.Where(each => each.Name is not null).Select(each => string.Create(CultureInfo.InvariantCulture, $"{SingleLine.Escape(each.Name!)}\tprocess {each.Process}, {SingleLine.Escape(each.Application!.Source)}\n"))));
        else if (command.Json)
            Terminal.Write(JsonText.Of([.. all.Select(RowOf)], ClientJson.Default.PsRowArray));
        else
            Terminal.Write(all.Count == 0 ? "No application runs here.\n" : TableOf(all));
        return ExitCode.Success;
    }

    private static string TableOf(IReadOnlyList<RunningApplication> all)
    {
        // Only root can access applications of other users.
        var withUsers = LibcAccounts.GetEuid() == 0;
        Table table = new(["NAME", "PID", .. withUsers ? ["USER"] : Array.Empty<string>(), "SINCE", "SERVICES", "CONNECTIONS", "STATE", "TAC"]);
        foreach (var each in all)
        {
            var application = each.Application;
            table.Add(
            [
                application?.Name ?? "?", Number(each.Process), .. withUsers ? [each.UserName] : Array.Empty<string>(), Moment.Short(application?.Since),
                Number(application?.Services), Number(application?.Connections), StateOf(each), application?.Source ?? "",
            ]);
        }

        var screen = Screen.Standard;
        return table.ToString(screen.Width, (column, text) => column == (withUsers ? StateColumn + 1 : StateColumn) ? screen.State(text) : text);
    }

    private static string StateOf(RunningApplication each) => each.Application switch
    {
        null => "does not answer",
        { State: "running", Failed.Count: > 0 } => "failed",
        var application => application.State,
    };

    private static string Number(long? number) => number?.ToString(CultureInfo.InvariantCulture) ?? "";

    private static PsRow RowOf(RunningApplication each) => new()
    {
        Name = each.Name,
        Pid = each.Process,
        User = each.UserName,
        Since = each.Application?.Since,
        Services = each.Application?.Services,
        Failed = each.Application?.Failed,
        Connections = each.Application?.Connections,
        State = StateOf(each),
        Tac = each.Application?.Source,
        Daemon = each.Report?.Daemon,
        PidFile = each.Report?.PidFile,
        LogFile = each.Report?.LogFile,
        Version = each.Report?.Version,
        Socket = each.Socket,
    };
}

/// <summary>A row of <c>tachost ps --json</c>.</summary>
internal sealed record PsRow
{
    public string? Name { get; init; }

    public int Pid { get; init; }

    public string User { get; init; } = "";

    public DateTimeOffset? Since { get; init; }

    public int? Services { get; init; }

    public IReadOnlyList<string>? Failed { get; init; }

    public long? Connections { get; init; }

    public string State { get; init; } = "";

    public string? Tac { get; init; }

    public bool? Daemon { get; init; }

    public string? PidFile { get; init; }

    public string? LogFile { get; init; }

    public string? Version { get; init; }

    /// <summary>Gets the abstract name of the control socket.</summary>
    public string Socket { get; init; } = "";
}
