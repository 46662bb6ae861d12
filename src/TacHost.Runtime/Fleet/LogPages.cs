using System.Globalization;
using System.Text;
using TacHost.Control.Wire;
using TacHost.Native;

namespace TacHost.Fleet;

/// <summary>Reads a log file in parts, also across a rotation.</summary>
internal static class LogPages
{
    /// <summary>The size of a part, so that it fits into a message between nodes.</summary>
    private const int Size = 48 * 1024;

    /// <summary>Reads a part. A file that does not exist is an empty one.</summary>
    public static LogPage Read(string path, LogQuestion question)
    {
        try
        {
            if (FileStatusOf.Target(path) is not { } status)
                return new LogPage([], question.From ?? "");
            if (question.From is null)
                return Last(path, status.Inode, question.Lines);
            var (inode, position) = Place(question.From) ?? (status.Inode, 0);
            if (inode == status.Inode)
                return From(path, inode, position <= status.Size ? position : 0);
            var older = $"{path}.1";
            var rest = FileStatusOf.Target(older)?.Inode == inode ? From(older, inode, position) : new LogPage([], "");
            return rest.Lines.Count > 0 ? rest : From(path, status.Inode, 0);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // It was just rotated, and is read the next time.
            return new LogPage([], question.From ?? "");
        }
    }

    private static LogPage Last(string path, ulong inode, int count)
    {
        var (text, start, _) = Text(path, Math.Max(0, new FileInfo(path).Length - Size));
        var lines = Lines(Complete(text));
        // The first one may be the end of a longer line.
        return new LogPage([.. lines.Skip(start > 0 ? 1 : 0).TakeLast(count)], Place(inode, start + Complete(text).Length));
    }

    private static LogPage From(string path, ulong inode, long position)
    {
        var (text, start, isFull) = Text(path, position);
        var complete = Complete(text);
        // A line that is longer than a part is split.
        if (complete.Length == 0 && isFull)
            complete = text;
        return new LogPage(Lines(complete), Place(inode, start + complete.Length));
    }

    private static (string Text, long Start, bool IsFull) Text(string path, long position)
    {
        using FileStream stream = new(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        stream.Position = position;
        var bytes = new byte[Size];
        var count = stream.ReadAtLeast(bytes, Size, throwOnEndOfStream: false);
        // Latin 1 keeps each byte a character until the lines are known.
        return (Encoding.Latin1.GetString(bytes, 0, count), position, count == Size);
    }

    private static string Complete(string text) => text[..(text.LastIndexOf('\n') + 1)];

    private static string[] Lines(string text) => [.. text.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => Encoding.UTF8.GetString(Encoding.Latin1.GetBytes(line)))];

    private static string Place(ulong inode, long position) => string.Create(CultureInfo.InvariantCulture, $"{inode}:{position}");

    private static (ulong Inode, long Position)? Place(string text) =>
        text.Split(':') is [var inode, var position] && ulong.TryParse(inode, NumberStyles.None, CultureInfo.InvariantCulture, out var file) && long.TryParse(position, NumberStyles.None, CultureInfo.InvariantCulture, out var offset)
            ? (file, offset)
            : null;
}
