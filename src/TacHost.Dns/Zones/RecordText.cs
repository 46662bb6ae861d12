using TacHost.Dns.Messages;
using Field = TacHost.Dns.Messages.RecordLayout.Field;

namespace TacHost.Dns.Zones;

/// <summary>Converts types, times and data from and to the syntax of zone files.</summary>
internal static class RecordText
{
    private const string Numbered = "TYPE";

    /// <summary>Parses a type: its name, or TYPE and a number (RFC 3597).</summary>
    public static bool TryType(string text, out RecordType type) =>
        text.StartsWith(Numbered, StringComparison.OrdinalIgnoreCase)
            ? Enum.TryParse(text.AsSpan(Numbered.Length), out type) && char.IsAsciiDigit(text[^1]) && text.AsSpan(Numbered.Length).IndexOfAnyExceptInRange('0', '9') < 0
            : Enum.TryParse(text, ignoreCase: true, out type) && !char.IsAsciiDigit(text[0]) && char.IsAsciiLetter(text[0]) && !text.Contains(',', StringComparison.Ordinal);

    public static string Name(RecordType type) => Enum.IsDefined(type) ? type.ToString() : $"{Numbered}{(int)type}";

    /// <summary>Parses a time in seconds, or with units such as <c>1h30m</c>.</summary>
    public static bool TryTime(string text, out uint seconds)
    {
        seconds = 0;
        long total = 0, number = -1;
        foreach (var each in text)
        {
            if (char.IsAsciiDigit(each))
            {
                number = Math.Max(number, 0) * 10 + (each - '0');
            }
            else
            {
                var unit = char.ToLowerInvariant(each) switch { 's' => 1, 'm' => 60, 'h' => 3600, 'd' => 86_400, 'w' => 604_800, _ => 0 };
                if (unit == 0 || number < 0)
                    return false;
                total += number * unit;
                number = -1;
            }

            if (number > int.MaxValue || total > int.MaxValue)
                return false;
        }

        total += Math.Max(number, 0);
        if (text.Length == 0 || total > int.MaxValue)
            return false;
        seconds = (uint)total;
        return true;
    }

    /// <summary>Parses the data of a record.</summary>
    /// <exception cref="FormatException">The words do not match the type. The message is a reason, to follow "because".</exception>
    public static byte[] Parse(RecordType type, IReadOnlyList<ZoneWord> words, DnsName? origin)
    {
        if (words.Count > 0 && words[0] is { Text: "\\#", IsQuoted: false })
            return ParseUnknown(type, words);
        var fields = RecordLayout.Of(type) ?? throw new FormatException($"the data of a {Name(type)} is not written as '\\# LENGTH HEX'");
        List<byte> data = [];
        var next = 0;
        foreach (var field in fields)
        {
            // SVCB parameters and NSEC types may be empty, and then have no words.
            if (next >= words.Count && field is not (Field.Parameters or Field.Types))
                throw new FormatException($"the data of a {Name(type)} is incomplete");
            data.AddRange(FieldText.Parse(field, words, ref next, origin));
        }

        if (next < words.Count)
            throw new FormatException($"'{words[next].Text}' is more than a {Name(type)} has");
        return data.Count <= ushort.MaxValue ? [.. data] : throw new FormatException("it is longer than 65535 bytes");
    }

    /// <summary>Prints the data of a record in a form that <see cref="Parse"/> accepts.</summary>
    /// <exception cref="DnsFormatException">The data does not match the type.</exception>
    public static string Print(RecordType type, ReadOnlySpan<byte> data)
    {
        if (RecordLayout.Of(type) is not { } fields)
            return $"\\# {data.Length} {Convert.ToHexString(data)}";
        DnsReader reader = new(data);
        List<string> words = [];
        foreach (var field in fields)
            words.AddRange(FieldText.Print(field, ref reader));
        return reader.Left == 0 ? string.Join(' ', words) : throw new DnsFormatException("it is too long");
    }

    private static byte[] ParseUnknown(RecordType type, IReadOnlyList<ZoneWord> words)
    {
        if (words.Count < 2)
            throw new FormatException("the length after '\\#' is missing");
        var data = FieldText.Hex(string.Concat(words.Skip(2).Select(word => word.Text)));
        if (data.Length != FieldText.Number(words[1].Text, ushort.MaxValue))
            throw new FormatException($"the data has {data.Length} bytes, and not {words[1].Text}");
        try
        {
            DnsReader reader = new(data);
            data = RecordLayout.Read(type, data.Length, ref reader);
            _ = Print(type, data);
            return data;
        }
        catch (DnsFormatException e)
        {
            throw new FormatException($"the data is not that of a {Name(type)}: {e.Message}", e);
        }
    }
}
