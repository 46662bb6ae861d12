using System.Globalization;

namespace TacHost.Control.Client;

/// <summary>Reads the log files of a process: the present one, and those that were rotated.</summary>
internal static class LogFiles
{
    /// <summary>Returns lines that stand before one in the files, the oldest first. Further lines of an event count as a part of its first.</summary>
    /// <param name="path">The log file.</param>
    /// <param name="next">The line before which the others stand, or null for the end of the file.</param>
    /// <param name="count">The number of events.</param>
    public static IReadOnlyList<string> LinesBefore(string path, string? next, int count)
    {
        var newest = Events(path);
        var end = next is null ? newest.Count : newest.LastIndexOf(next);
        List<string> found = end < 0 ? [] : newest[..end];

        // After a rotation, the line is in an older file.
        for (var number = 1; found.Count < count && OlderFile(path, number) is { } older; number++)
        {
            var events = Events(older);
            if (end < 0)
                end = events.LastIndexOf(next!);
            else
                end = events.Count;
            if (end >= 0)
                found.InsertRange(0, events[..end]);
        }

        return found[Math.Max(0, found.Count - count)..];
    }

    private static string? OlderFile(string path, int number) =>
        string.Create(CultureInfo.InvariantCulture, $"{path}.{number}") is var older && File.Exists(older) ? older : null;

    private static List<string> Events(string path)
    {
        List<string> events = [];
        try
        {
            // Not a pipe, which would be waited for, and whose lines would be missing elsewhere.
            if (Native.FileStatusOf.Path(path) is not { IsRegularFile: true })
                return events;
            foreach (var line in File.ReadLines(path))
            {
                if (line.StartsWith('\t') && events.Count > 0)
                    events[^1] += $"\n{line}";
                else
                    events.Add(line);
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // This user cannot read it, or it has just been rotated: show the lines in the memory of the process.
        }

        return events;
    }
}
