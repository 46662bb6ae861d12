using TacHost.CommandLine;
using TacHost.Control.Client;

namespace TacHost.Fleet;

/// <summary><c>tachost fleet logs</c>: the logs of deployments, merged by the times at the heads of their lines. Works without an emperor.</summary>
internal static class FleetLogs
{
    private const int OrdinaryLines = 20;
    private const string Extension = ".log";

    /// <summary>Returns the logs. Those of a group's applications are in a directory with the name of the group.</summary>
    private static readonly EnumerationOptions _deep = new() { RecurseSubdirectories = true, MaxRecursionDepth = 1 };

    private static readonly TimeSpan _interval = TimeSpan.FromMilliseconds(200);

    public static int Run(CommandOptions command, IReadOnlyList<string> names)
    {
        var files = Files(command.Fleet, names);
        var width = files.Select(file => file.Name.Length).DefaultIfEmpty().Max();
        var count = command.Lines ?? OrdinaryLines;
        var tails = command.Follow ? files.ToDictionary(file => file.Name, file => new LogTail(file.Path)) : [];
        Write(files.SelectMany(file => LogFiles.LinesBefore(file.Path, null, count).Select(line => (file.Name, Line: line))), width);
        while (command.Follow)
        {
            BlockingWait.For(Task.Delay(_interval));
            if (names.Count == 0)
            {
                foreach (var (name, path) in Files(command.Fleet, names).Where(file => !tails.ContainsKey(file.Name)))
                    tails[name] = new LogTail(path, fromStart: true);
                width = tails.Keys.Select(name => name.Length).DefaultIfEmpty().Max();
            }

            Write(tails.SelectMany(each => each.Value.Read().Select(line => (each.Key, Line: line))), width);
        }

        return ExitCode.Success;
    }

    /// <summary>Sorts events by the time that their first line begins with. The sort is stable, so that an event without a time stays behind its predecessor.</summary>
    public static IEnumerable<(string Name, string Line)> Merged(IEnumerable<(string Name, string Line)> events)
    {
        List<(string Time, string Name, string Line)> dated = [];
        Dictionary<string, string> last = [];
        foreach (var (name, line) in events)
        {
            var time = TimeOf(line) ?? last.GetValueOrDefault(name, "");
            last[name] = time;
            dated.Add((time, name, line));
        }

        return dated.OrderBy(each => each.Time, StringComparer.Ordinal).Select(each => (each.Name, each.Line));
    }

    /// <summary>Returns the time of a line in a form that sorts, in UTC; or null if the line does not begin with one.</summary>
    private static string? TimeOf(string line)
    {
        var end = line.IndexOf(' ', StringComparison.Ordinal);
        var text = line.StartsWith('{') ? JsonTime(line) : end > 0 ? line[..end] : line;
        return text is not null && DateTimeOffset.TryParse(text, System.Globalization.CultureInfo.InvariantCulture, System.Globalization.DateTimeStyles.AssumeLocal, out var time)
            ? time.ToUniversalTime().ToString("O", System.Globalization.CultureInfo.InvariantCulture)
            : null;
    }

    private static string? JsonTime(string line)
    {
        const string before = "\"timestamp\":\"";
        var start = line.IndexOf(before, StringComparison.Ordinal) + before.Length;
        return start < before.Length || line.IndexOf('"', start) is not (> 0 and var end) ? null : line[start..end];
    }

    private static void Write(IEnumerable<(string Name, string Line)> events, int width)
    {
        foreach (var (name, line) in Merged(events))
            Terminal.Write($"{name.PadRight(width)} | {SingleLine.EscapeLines(line)}\n");
    }

    private static List<(string Name, string Path)> Files(FleetOptions fleet, IReadOnlyList<string> names)
    {
        if (!Directory.Exists(fleet.LogDirectory))
            throw new TacHostException(ExitCode.NoInput, SingleLine.Escape($"there is no directory '{fleet.LogDirectory}' with the logs of a fleet. Name the fleet with --fleet or {FleetCommandLine.Variable}, and its logs with --logs."));
        List<(string Name, string Path)> all = [.. Directory.EnumerateFiles(fleet.LogDirectory, $"*{Extension}", _deep).Select(path => (Path.ChangeExtension(Path.GetRelativePath(fleet.LogDirectory, path), null), path)).Order()];
        if (names.Count == 0)
            return all;
        var unknown = names.FirstOrDefault(name => !all.Exists(each => each.Name == name));
        return unknown is null
            ? [.. all.Where(each => names.Contains(each.Name))]
            : throw new TacHostException(ExitCode.NoInput, SingleLine.Escape($"there is no log '{fleet.LogFileOf(unknown)}'.{(DidYouMean.To(unknown, all.Select(each => each.Name)) is { } near ? $" Did you mean '{near}'?" : "")}"));
    }
}
