using System.Globalization;

namespace TacHost.CommandLine;

/// <summary>Reads the kinds of values that options take.</summary>
internal static class OptionValue
{
    private const int SecondsInADay = 86_400;
    private const int AllPermissions = 0x1FF; // 0777

    public static TimeSpan Seconds(string text) =>
        double.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var seconds) && seconds is >= 0 and <= SecondsInADay
            ? TimeSpan.FromSeconds(seconds)
            : throw new OptionValueException("a number of seconds between 0 and 86400");

    public static TimeSpan SecondsButNone(string text) =>
        Seconds(text) is { Ticks: > 0 } time ? time : throw new OptionValueException("a number of seconds above 0 and up to 86400");

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

    /// <summary>Bytes, or with a suffix of k, M or G thousands, millions or thousands of millions of them.</summary>
    public static long Size(string text)
    {
        var (digits, factor) = text switch
        {
            [.. var number, 'k' or 'K'] => (number, 1_000L),
            [.. var number, 'M'] => (number, 1_000_000L),
            [.. var number, 'G'] => (number, 1_000_000_000L),
            _ => (text, 1L),
        };
        return long.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out var size) && size <= long.MaxValue / factor
            ? size * factor
            : throw new OptionValueException("a number of bytes such as 1000000, 500k or 10M, or 0 for any size");
    }

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
            throw new OptionValueException("a path, and the directory it would start at, in which tachost was started, is gone");
        }
    }
}
