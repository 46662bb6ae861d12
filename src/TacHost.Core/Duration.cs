using System.Globalization;
using System.Text;

namespace TacHost;

/// <summary>The texts of times in options: <c>30s</c>, <c>5m</c>, <c>1h30m</c>, <c>1.5h</c>, <c>250ms</c>, <c>2d</c>. A number alone is seconds.</summary>
internal static class Duration
{
    private static readonly (string Suffix, long Ticks)[] _units =
    [
        ("d", TimeSpan.TicksPerDay), ("h", TimeSpan.TicksPerHour), ("m", TimeSpan.TicksPerMinute), ("s", TimeSpan.TicksPerSecond), ("ms", TimeSpan.TicksPerMillisecond),
    ];

    /// <summary>The description of a valid text, for errors.</summary>
    public const string Expected = "a time such as 30s, 5m or 1h30m";

    /// <summary>Returns the time, or null if the text is not valid.</summary>
    public static TimeSpan? Parse(string text)
    {
        if (text.Length > 0 && text.All(character => char.IsAsciiDigit(character) || character == '.'))
            text += "s";
        var ticks = 0m;
        var nextUnit = 0;
        for (var at = 0; at < text.Length;)
        {
            var number = Span(text, at, character => char.IsAsciiDigit(character) || character == '.');
            var suffix = Span(text, at + number.Length, char.IsAsciiLetter);
            var unit = Array.FindIndex(_units, nextUnit, each => each.Suffix == suffix);
            if (unit < 0 || number.Length > 18 || !decimal.TryParse(number, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var count))
                return null;
            ticks += count * _units[unit].Ticks;
            nextUnit = unit + 1;
            at += number.Length + suffix.Length;
        }

        return text.Length > 0 && ticks <= TimeSpan.MaxValue.Ticks ? new TimeSpan((long)ticks) : null;
    }

    /// <summary>Returns the text of a time in the same form.</summary>
    public static string Print(TimeSpan time)
    {
        if (time == Timeout.InfiniteTimeSpan)
            return "unlimited";
        var left = time.Ticks;
        StringBuilder text = new();
        foreach (var (suffix, ticks) in _units)
        {
            if (left / ticks > 0)
                text.Append(CultureInfo.InvariantCulture, $"{left / ticks}{suffix}");
            left %= ticks;
        }

        return text.Length == 0 ? "0s" : text.ToString();
    }

    private static string Span(string text, int start, Func<char, bool> belongs)
    {
        var end = start;
        while (end < text.Length && belongs(text[end]))
            end++;
        return text[start..end];
    }
}
