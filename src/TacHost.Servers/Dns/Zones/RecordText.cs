using System.Buffers.Binary;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using TacHost.Servers.Dns.Messages;
using TacHost.Services.Networking;
using Field = TacHost.Servers.Dns.Messages.RecordLayout.Field;

namespace TacHost.Servers.Dns.Zones;

/// <summary>Types, times and data as zone files have them.</summary>
internal static class RecordText
{
    private const string Numbered = "TYPE";
    private const int LongestText = 255;

    /// <summary>A type by its name, or as TYPE and a number (RFC 3597).</summary>
    public static bool TryType(string text, out RecordType type) =>
        text.StartsWith(Numbered, StringComparison.OrdinalIgnoreCase)
            ? Enum.TryParse(text.AsSpan(Numbered.Length), out type) && char.IsAsciiDigit(text[^1]) && text.AsSpan(Numbered.Length).IndexOfAnyExceptInRange('0', '9') < 0
            : Enum.TryParse(text, ignoreCase: true, out type) && !char.IsAsciiDigit(text[0]) && char.IsAsciiLetter(text[0]) && !text.Contains(',', StringComparison.Ordinal);

    /// <summary>The name of a type.</summary>
    public static string Name(RecordType type) => Enum.IsDefined(type) ? type.ToString() : $"{Numbered}{(int)type}";

    /// <summary>A time in seconds, or in units such as <c>1h30m</c>.</summary>
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

    /// <summary>Reads the data of a record.</summary>
    /// <exception cref="FormatException">It is not what the type has, with the reason to follow "because".</exception>
    public static byte[] Parse(RecordType type, IReadOnlyList<ZoneWord> words, DnsName? origin)
    {
        if (words.Count > 0 && words[0] is { Text: "\\#", IsQuoted: false })
            return ParseUnknown(type, words);
        var fields = RecordLayout.Of(type) ?? throw new FormatException($"the data of a {Name(type)} is not written as '\\# LENGTH HEX'");
        List<byte> data = [];
        var next = 0;
        foreach (var field in fields)
        {
            if (next >= words.Count)
                throw new FormatException($"a {Name(type)} has more to it than that");
            if (field is Field.Texts or Field.Hex or Field.Base64)
            {
                data.AddRange(Many(field, [.. words.Skip(next).Select(word => word.Text)]));
                next = words.Count;
            }
            else
            {
                data.AddRange(One(field, words[next++].Text, origin));
            }
        }

        if (next < words.Count)
            throw new FormatException($"'{words[next].Text}' is more than a {Name(type)} has");
        return data.Count <= ushort.MaxValue ? [.. data] : throw new FormatException("it is longer than 65535 bytes");
    }

    /// <summary>Writes the data of a record so that it can be read again.</summary>
    /// <exception cref="DnsFormatException">It is not what the type has.</exception>
    public static string Print(RecordType type, ReadOnlySpan<byte> data)
    {
        if (RecordLayout.Of(type) is not { } fields)
            return $"\\# {data.Length} {Convert.ToHexString(data)}";
        DnsReader reader = new(data);
        List<string> words = [];
        foreach (var field in fields)
        {
            do
                words.Add(Print(field, ref reader));
            while (field == Field.Texts && reader.Left > 0);
        }

        return reader.Left == 0 ? string.Join(' ', words) : throw new DnsFormatException("it is too long");
    }

    private static string Print(Field field, ref DnsReader reader) => field switch
    {
        Field.Address4 => new IPAddress(reader.ReadBytes(4)).ToString(),
        Field.Address6 => new IPAddress(reader.ReadBytes(16)).ToString(),
        Field.Name => reader.ReadName().ToString(),
        Field.Number8 => reader.ReadByte().ToString(CultureInfo.InvariantCulture),
        Field.Number16 => reader.ReadUInt16().ToString(CultureInfo.InvariantCulture),
        Field.Number32 or Field.Time => reader.ReadUInt32().ToString(CultureInfo.InvariantCulture),
        Field.Hex => Convert.ToHexString(reader.ReadBytes(reader.Left)),
        Field.Base64 => Convert.ToBase64String(reader.ReadBytes(reader.Left)),
        Field.Rest => Quoted(reader.ReadBytes(reader.Left)),
        _ => Quoted(reader.ReadBytes(reader.ReadByte())),
    };

    private static string Quoted(ReadOnlySpan<byte> bytes)
    {
        StringBuilder text = new("\"");
        foreach (var each in bytes)
            DnsName.AppendEscaped(text, each, "\"\\");
        return text.Append('"').ToString();
    }

    private static IEnumerable<byte> Many(Field field, IReadOnlyList<string> words)
    {
        switch (field)
        {
            case Field.Texts:
                return words.SelectMany(Text);
            case Field.Hex:
                return Hex(string.Concat(words));
            default:
                var text = string.Concat(words);
                var bytes = new byte[text.Length];
                return Convert.TryFromBase64String(text, bytes, out var count) ? bytes[..count] : throw new FormatException($"'{text}' is not in base 64");
        }
    }

    private static byte[] One(Field field, string word, DnsName? origin) => field switch
    {
        Field.Address4 => Address(word, AddressFamily.InterNetwork),
        Field.Address6 => Address(word, AddressFamily.InterNetworkV6),
        Field.Name => DnsName.Parse(word, origin).Wire.ToArray(),
        Field.Number8 => [(byte)Number(word, byte.MaxValue)],
        Field.Number16 => BigEndian(Number(word, ushort.MaxValue))[2..],
        Field.Number32 => BigEndian(Number(word, uint.MaxValue)),
        Field.Time => TryTime(word, out var seconds) ? BigEndian(seconds) : throw new FormatException($"'{word}' is not a time such as 3600 or 1h"),
        Field.Rest => Bytes(word),
        _ => Text(word),
    };

    private static byte[] ParseUnknown(RecordType type, IReadOnlyList<ZoneWord> words)
    {
        if (words.Count < 2)
            throw new FormatException("the length after '\\#' is missing");
        var data = Hex(string.Concat(words.Skip(2).Select(word => word.Text)));
        if (data.Length != Number(words[1].Text, ushort.MaxValue))
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

    private static byte[] Address(string word, AddressFamily family)
    {
        if (AddressText.TryParse(word, out var address) && address.AddressFamily == family)
            return address.GetAddressBytes();
        throw new FormatException($"'{word}' is not an {(family == AddressFamily.InterNetwork ? "IPv4" : "IPv6")} address");
    }

    private static uint Number(string word, uint most) =>
        uint.TryParse(word, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number <= most ? number : throw new FormatException($"'{word}' is not a number from 0 to {most}");

    private static byte[] BigEndian(uint number)
    {
        var bytes = new byte[sizeof(uint)];
        BinaryPrimitives.WriteUInt32BigEndian(bytes, number);
        return bytes;
    }

    private static byte[] Hex(string text)
    {
        try
        {
            return Convert.FromHexString(text);
        }
        catch (FormatException e)
        {
            throw new FormatException($"'{text}' is not hexadecimal", e);
        }
    }

    private static byte[] Bytes(string word)
    {
        List<byte> bytes = new(word.Length);
        for (var i = 0; i < word.Length; i++)
            bytes.Add(DnsName.Escaped(word, ref i));
        return [.. bytes];
    }

    private static byte[] Text(string word)
    {
        var bytes = Bytes(word);
        return bytes.Length <= LongestText ? [(byte)bytes.Length, .. bytes] : throw new FormatException($"a text of {bytes.Length} bytes is longer than {LongestText}; divide it into several");
    }
}
