using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using TacHost.CommandLine;
using TacHost.Control.Wire;

namespace TacHost.Control.Client;

/// <summary><c>tachost upgrade</c>: replaces a running process by a new one of this version.</summary>
internal static class UpgradeCommand
{
    /// <returns>0 when the new process serves.</returns>
    /// <exception cref="TacHostException">The upgrade failed, and the old process serves as before.</exception>
    public static int Run(string? who, bool asJson)
    {
        var running = ApplicationSearch.FindProcess(who);
        using var client = running.Connect();
        var report = client.Call("upgrade", new JsonObject { ["program"] = Installation.FrontProgram }, Timeout.InfiniteTimeSpan).Deserialize(ControlJson.Default.UpgradeReport)!;
        Terminal.Write(asJson ? JsonText.Of(report, ControlJson.Default.UpgradeReport) : Text(report, running.Name));
        return ExitCode.Success;
    }

    private static string Text(UpgradeReport report, string? name) => string.Create(
        CultureInfo.InvariantCulture,
        $"Upgraded '{SingleLine.EscapeLines(name ?? "?")}' from {SingleLine.EscapeLines(report.OldVersion)} to {SingleLine.EscapeLines(report.Version)} in {report.Milliseconds:0} ms: process {report.Pid} serves now. Process {report.Leaving} ends after its connections.\n");
}
