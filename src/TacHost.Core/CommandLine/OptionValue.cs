using System.Globalization;

namespace TacHost.CommandLine;

/// <summary>Reads the kinds of values that options take.</summary>
internal static class OptionValue
{
    private const int AllPermissions = 0x1FF; // 0777

    private static readonly TimeSpan _longest = TimeSpan.FromDays(1);

    /// <summary>A time of at most a day, as <see cref="Duration"/> parses it. A number alone is seconds.</summary>
    public static TimeSpan Time(string text) =>
        Duration.Parse(text) is { } time && time <= _longest ? time : throw new OptionValueException($"{Duration.Expected}, of at most 1d");

    public static TimeSpan TimeAboveZero(string text) =>
        Time(text) is { Ticks: > 0 } time ? time : throw new OptionValueException($"{Duration.Expected}, above 0 and of at most 1d");

    public static uint Umask(string text)
    {
        var value = 0;
        foreach (var digit in text)
        {
            value = digit is >= '0' and <= '7' && value <= AllPermissions ? (value * 8) + (digit - '0') : int.MaxValue;
            if (value > AllPermissions)
                break;
        }

        return text.Length > 0 && value <= AllPermissions ? (uint)value : throw new OptionValueException("an octal number between 0 and 777, such as 022");
    }

    public static int Count(string text) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var count) ? count : throw new OptionValueException("a number, 0 or more");

    /// <summary>A number of bytes, as <see cref="ByteCount"/> parses it.</summary>
    public static long Size(string text) => ByteCount.Parse(text) ?? throw new OptionValueException($"{ByteCount.Expected}, or 0 for any size");

    public static string Choice(string text, IReadOnlyList<string> choices) =>
        choices.Contains(text) ? text : throw new OptionValueException($"one of {string.Join(", ", choices)}", choices);

    public static string NotEmpty(string text, string expected) =>
        text.Length > 0 ? text : throw new OptionValueException(expected);

    public static string Setting(string text) =>
        text.IndexOf('=', StringComparison.Ordinal) > 0 ? text : throw new OptionValueException("NAME=VALUE");

    /// <summary>The path of a file, made absolute.</summary>
    public static string FilePath(string text) =>
        text.EndsWith('/') ? throw new OptionValueException("the path of a file") : FullPath(text);

    /// <summary>A path, made absolute against the directory in which tachost was started.</summary>
    public static string FullPath(string text)
    {
        if (text.Length == 0 || text.Contains('\0', StringComparison.Ordinal))
            throw new OptionValueException("a path");
        try
        {
            return Path.GetFullPath(text);
        }
        catch (IOException)
        {
            throw new OptionValueException("an absolute path, because the directory in which tachost was started no longer exists");
        }
    }
}
