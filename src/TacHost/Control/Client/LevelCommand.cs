using System.Text.Json;
using System.Text.Json.Nodes;
using TacHost.CommandLine;
using TacHost.Control.Wire;

namespace TacHost.Control.Client;

/// <summary><c>tachost level</c>: shows and changes the log levels of a running application.</summary>
internal static class LevelCommand
{
    /// <param name="words">Nothing, LEVEL, or CATEGORY and LEVEL.</param>
    /// <param name="command">Which application, and in which form.</param>
    public static int Run(IReadOnlyList<string> words, CommandOptions command)
    {
        var category = words.Count == 2 ? words[0] : null;
        var running = ApplicationSearch.Find(command.Who ?? NamedBy(category));
        JsonObject parameters = new() { ["application"] = running.Name };
        if (words.Count > 0)
            parameters["level"] = words[^1];
        if (category is not null)
            parameters["category"] = category;
        using var client = running.Connect();
        var levels = client.Call("level", parameters, ControlClient.Timeout).Deserialize(ControlJson.Default.LevelReport)!;
        Terminal.Write(command.Json ? JsonText.Of(levels, ControlJson.Default.LevelReport) : Text(levels));
        return ExitCode.Success;
    }

    /// <summary>The first part of a category is the name of the application, if one of that name runs.</summary>
    private static string? NamedBy(string? category) =>
        category?.Split('/')[0] is { Length: > 0 } name && ApplicationSearch.All(name).Count > 0 ? name : null;

    private static string Text(LevelReport levels)
    {
        Table table = new("LEVEL", "CATEGORY") { TruncatesEnd = true };
        table.Add(levels.Default, "(all others)");
        foreach (var (category, level) in levels.Categories)
            table.Add(level, category);
        return table.ToString(Screen.Standard.Width);
    }
}
