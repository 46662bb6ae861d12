using System.Globalization;
using System.Text;

namespace TacHost.Dns.Zones;

/// <summary>Expands <c>$GENERATE</c> directives as BIND does.</summary>
internal static class GeneratedLines
{
    /// <summary>The maximum number of records, which is the number of addresses in a /16 network.</summary>
    private const int Most = 65536;

    /// <summary>Returns a line for each number in the range.</summary>
    /// <exception cref="FormatException">The directive is not <c>$GENERATE START-STOP[/STEP] NAME [TTL] [CLASS] TYPE DATA</c>. The message is the reason, to follow "because".</exception>
    public static IEnumerable<ZoneLine> From(ZoneLine line)
    {
        if (line.Words.Count < 5)
            throw new FormatException("$GENERATE is not written as $GENERATE START-STOP[/STEP] NAME [TTL] [CLASS] TYPE DATA");
        var (start, stop, step) = Range(line.Words[1].Text);
        if ((stop - start) / step >= Most)
            throw new FormatException($"$GENERATE {line.Words[1].Text} makes more than {Most} records");
        List<ZoneWord> words = [.. line.Words.Skip(2)];

        // Data of several words is quoted.
        if (words[^1] is { IsQuoted: true } data)
            words = [.. words.SkipLast(1), .. new ZoneLines("", data.Text).Read().SelectMany(each => each.Words)];
        for (var number = start; number <= stop; number += step)
            yield return line with { Words = [.. words.Select(word => word with { Text = Replaced(word.Text, number) })] };
    }

    private static (long Start, long Stop, long Step) Range(string text)
    {
        var parts = text.Split('/');
        var ends = parts[0].Split('-');
        return parts.Length <= 2 && ends.Length == 2 && TryNumber(ends[0], out var start) && TryNumber(ends[1], out var stop) && start <= stop && TryNumber(parts.Length == 2 ? parts[1] : "1", out var step) && step > 0
            ? (start, stop, step)
            : throw new FormatException($"'{text}' is not a range such as 1-10 or 0-254/2");
    }

    private static bool TryNumber(string text, out long number)
    {
        var isNumber = int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var value);
        number = value;
        return isNumber;
    }

    /// <summary>Replaces each <c>$</c> and <c>${OFFSET,WIDTH,BASE}</c> with the number.</summary>
    private static string Replaced(string text, long number)
    {
        StringBuilder replaced = new();
        for (var i = 0; i < text.Length; i++)
        {
            if (text[i] == '\\' && i + 1 < text.Length)
            {
                replaced.Append(text[i]).Append(text[++i]);
            }
            else if (text[i] != '$')
            {
                replaced.Append(text[i]);
            }
            else if (i + 1 < text.Length && text[i + 1] == '$')
            {
                replaced.Append('$');
                i++;
            }
            else if (i + 1 < text.Length && text[i + 1] == '{')
            {
                var end = text.IndexOf('}', i);
                replaced.Append(Formatted(end < 0 ? throw new FormatException($"'{text}' has a '${{' without a '}}'") : text[(i + 2)..end], number));
                i = end;
            }
            else
            {
                replaced.Append(number.ToString(CultureInfo.InvariantCulture));
            }
        }

        return replaced.ToString();
    }

    private static string Formatted(string modifier, long number)
    {
        var parts = modifier.Split(',');
        var width = 0;
        if (parts.Length > 3 || !int.TryParse(parts[0], NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var offset)
            || (parts.Length > 1 && (!int.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out width) || width > byte.MaxValue)))
            throw new FormatException($"'${{{modifier}}}' is not an offset, a width up to {byte.MaxValue} and a base, such as ${{0,3,d}}");
        var value = number + offset;
        if (value < 0)
            throw new FormatException($"'${{{modifier}}}' makes a negative number of {number}");
        return (parts.Length > 2 ? parts[2] : "d") switch
        {
            "d" => value.ToString(CultureInfo.InvariantCulture).PadLeft(width, '0'),
            "o" => Convert.ToString(value, 8).PadLeft(width, '0'),
            "x" => value.ToString("x", CultureInfo.InvariantCulture).PadLeft(width, '0'),
            "X" => value.ToString("X", CultureInfo.InvariantCulture).PadLeft(width, '0'),
            "n" => Nibbles(value.ToString("x", CultureInfo.InvariantCulture), width),
            "N" => Nibbles(value.ToString("X", CultureInfo.InvariantCulture), width),
            var other => throw new FormatException($"'{other}' is not one of the bases d, o, x, X, n and N"),
        };
    }

    /// <summary>Converts digits to labels in reverse order, as in the reverse names of IPv6 addresses. The width includes the dots.</summary>
    private static string Nibbles(string digits, int width) => string.Join('.', digits.PadLeft((width + 1) / 2, '0').Reverse());
}
