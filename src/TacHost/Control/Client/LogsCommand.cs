using System.Text.Json;
using System.Text.Json.Nodes;
using TacHost.CommandLine;
using TacHost.Control.Wire;

namespace TacHost.Control.Client;

/// <summary><c>tachost logs</c>: shows the last lines of the log of a running application, and those that come.</summary>
internal static class LogsCommand
{
    private const int OrdinaryLines = 20;

    public static int Run(string? who, CommandOptions command)
    {
        var running = ApplicationSearch.Find(who);
        var lines = command.Lines ?? OrdinaryLines;
        var isWhole = command.Level is null && command.Category is null;
        using var client = running.Connect();
        List<LogReport> first = [];
        client.Call("logs", Parameters(lines, follow: false), ControlClient.Timeout, message =>
        {
            first.Add(Read(message));
            return true;
        });
        if (isWhole && !command.Json && first.Count < lines && running.Report?.LogFile is { } file)
            Terminal.Write(string.Concat(LogFiles.LinesBefore(file, first.FirstOrDefault()?.Line, lines - first.Count).Select(line => SingleLine.EscapeLines(line) + "\n")));
        foreach (var line in first)
            Show(line);
        if (!command.Follow)
            return ExitCode.Success;

        // Lines logged between the calls are among the last lines of the second call.
        var shown = first.Count == 0 ? 0 : first[^1].Number;
        client.Call("logs", Parameters(null, follow: true), Timeout.InfiniteTimeSpan, message =>
        {
            var line = Read(message);
            if (line.Number > shown)
                Show(line);
            return true;
        });
        return ExitCode.Success;

        JsonObject Parameters(int? count, bool follow)
        {
            JsonObject parameters = new() { ["application"] = running.Name, ["follow"] = follow };
            if (count is { } number)
                parameters["lines"] = number;
            if (command.Level is { } level)
                parameters["level"] = level;
            if (command.Category is { } category)
                parameters["category"] = category == running.Name || category == "-" || category.StartsWith($"{running.Name}/", StringComparison.Ordinal) ? category : $"{running.Name}/{category}";
            return parameters;
        }

        void Show(LogReport line)
        {
            var text = SingleLine.EscapeLines(line.Line);
            Terminal.Write(command.Json ? JsonSerializer.Serialize(line, ControlJson.Default.LogReport) + "\n" : $"{Screen.Standard.Line(line.Level, text)}\n");
        }
    }

    private static LogReport Read(JsonElement message) => message.Deserialize(ControlJson.Default.LogReport)!;
}
