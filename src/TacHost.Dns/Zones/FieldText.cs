using System.Buffers.Binary;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using TacHost.Dns.Messages;
using TacHost.Services.Networking;
using Field = TacHost.Dns.Messages.RecordLayout.Field;

namespace TacHost.Dns.Zones;

/// <summary>Converts the fields of a record's data from and to the syntax of zone files.</summary>
internal static class FieldText
{
    private const int LongestText = 255;
    private const string DateFormat = "yyyyMMddHHmmss";
    private const string Base32 = "0123456789ABCDEFGHIJKLMNOPQRSTUV";

    /// <summary>Parses a field, which may consist of all remaining words.</summary>
    /// <exception cref="FormatException">The words do not match the field. The message is a reason, to follow "because".</exception>
    public static byte[] Parse(Field field, IReadOnlyList<ZoneWord> words, ref int next, DnsName? origin)
    {
        if (field is not (Field.Texts or Field.Hex or Field.Base64 or Field.Types or Field.Parameters or Field.Location))
            return One(field, words[next++].Text, origin);
        ZoneWord[] rest = [.. words.Skip(next)];
        next = words.Count;
        return field switch
        {
            Field.Texts => [.. rest.SelectMany(word => Text(word.Text))],
            Field.Hex => Hex(string.Concat(rest.Select(word => word.Text))),
            Field.Base64 => Base64(string.Concat(rest.Select(word => word.Text))),
            Field.Types => TypeBitmap.Parse(rest),
            Field.Parameters => ServiceParameters.Parse(rest),
            _ => LocationText.Parse(rest),
        };
    }

    /// <summary>Prints a field as words that <see cref="Parse"/> accepts.</summary>
    /// <exception cref="DnsFormatException">The data does not match the field.</exception>
    public static IReadOnlyList<string> Print(Field field, ref DnsReader reader)
    {
        List<string> words = [];
        switch (field)
        {
            case Field.Texts:
                do
                    words.Add(Quoted(reader.ReadBytes(reader.ReadByte())));
                while (reader.Left > 0);
                return words;
            case Field.Types:
                return TypeBitmap.Print(ref reader);
            case Field.Parameters:
                return ServiceParameters.Print(ref reader);
            default:
                return [Word(field, ref reader)];
        }
    }

    /// <summary>Parses a number from 0 to a limit.</summary>
    /// <exception cref="FormatException">The word is not a number in this range.</exception>
    public static uint Number(string word, uint most) =>
        uint.TryParse(word, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number <= most ? number : throw new FormatException($"'{word}' is not a number from 0 to {most}");

    /// <summary>Parses hexadecimal digits.</summary>
    /// <exception cref="FormatException">The text contains other characters, or an odd number of digits.</exception>
    public static byte[] Hex(string text)
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

    /// <summary>Parses base 64.</summary>
    /// <exception cref="FormatException">The text is not in base 64.</exception>
    public static byte[] Base64(string text)
    {
        var bytes = new byte[text.Length];
        return Convert.TryFromBase64String(text, bytes, out var count) ? bytes[..count] : throw new FormatException($"'{text}' is not in base 64");
    }

    /// <summary>Parses an address of a given family.</summary>
    /// <exception cref="FormatException">The word is not an address of this family.</exception>
    public static byte[] Address(string word, AddressFamily family)
    {
        if (AddressText.TryParse(word, out var address) && address.AddressFamily == family)
            return address.GetAddressBytes();
        throw new FormatException($"'{word}' is not an {(family == AddressFamily.InterNetwork ? "IPv4" : "IPv6")} address");
    }

    /// <summary>Parses characters and escape sequences.</summary>
    /// <exception cref="FormatException">A character or an escape sequence does not represent a byte.</exception>
    public static byte[] Bytes(string word)
    {
        List<byte> bytes = new(word.Length);
        for (var i = 0; i < word.Length; i++)
            bytes.Add(DnsName.Escaped(word, ref i));
        return [.. bytes];
    }

    /// <summary>Returns bytes as a quoted string.</summary>
    public static string Quoted(ReadOnlySpan<byte> bytes)
    {
        StringBuilder text = new("\"");
        foreach (var each in bytes)
            DnsName.AppendEscaped(text, each, "\"\\");
        return text.Append('"').ToString();
    }

    /// <summary>Returns a number as two bytes in network byte order.</summary>
    public static byte[] BigEndian16(uint number) => BigEndian(number)[2..];

    private static string Word(Field field, ref DnsReader reader) => field switch
    {
        Field.Address4 => new IPAddress(reader.ReadBytes(4)).ToString(),
        Field.Address6 => new IPAddress(reader.ReadBytes(16)).ToString(),
        Field.Address48 => Dashed(reader.ReadBytes(6)),
        Field.Address64 => Dashed(reader.ReadBytes(8)),
        Field.Name => reader.ReadName().ToString(),
        Field.Number8 => reader.ReadByte().ToString(CultureInfo.InvariantCulture),
        Field.Number16 => reader.ReadUInt16().ToString(CultureInfo.InvariantCulture),
        Field.Number32 or Field.Time => reader.ReadUInt32().ToString(CultureInfo.InvariantCulture),
        Field.Date => DateTimeOffset.FromUnixTimeSeconds(reader.ReadUInt32()).ToString(DateFormat, CultureInfo.InvariantCulture),
        Field.Type => RecordText.Name((RecordType)reader.ReadUInt16()),
        Field.Location => LocationText.Print(reader.ReadBytes(LocationText.Size)),
        Field.Salt => reader.ReadByte() is var length and > 0 ? Convert.ToHexString(reader.ReadBytes(length)) : "-",
        Field.Hash => ToBase32(reader.ReadBytes(reader.ReadByte())),
        Field.Hex => Convert.ToHexString(reader.ReadBytes(reader.Left)),
        Field.Base64 => Convert.ToBase64String(reader.ReadBytes(reader.Left)),
        Field.Rest => Quoted(reader.ReadBytes(reader.Left)),
        _ => Quoted(reader.ReadBytes(reader.ReadByte())),
    };

    private static byte[] One(Field field, string word, DnsName? origin) => field switch
    {
        Field.Address4 => Address(word, AddressFamily.InterNetwork),
        Field.Address6 => Address(word, AddressFamily.InterNetworkV6),
        Field.Address48 => Undashed(word, 6),
        Field.Address64 => Undashed(word, 8),
        Field.Name => DnsName.Parse(word, origin).Wire.ToArray(),
        Field.Number8 => [(byte)Number(word, byte.MaxValue)],
        Field.Number16 => BigEndian16(Number(word, ushort.MaxValue)),
        Field.Number32 => BigEndian(Number(word, uint.MaxValue)),
        Field.Time => RecordText.TryTime(word, out var seconds) ? BigEndian(seconds) : throw new FormatException($"'{word}' is not a time such as 3600 or 1h"),
        Field.Date => Date(word),
        Field.Type => RecordText.TryType(word, out var type) ? BigEndian16((ushort)type) : throw new FormatException($"'{word}' is not a type of record"),
        Field.Salt => word == "-" ? [0] : WithLength(Hex(word), word),
        Field.Hash => WithLength(FromBase32(word), word),
        Field.Rest => Bytes(word),
        _ => Text(word),
    };

    private static byte[] BigEndian(uint number)
    {
        var bytes = new byte[sizeof(uint)];
        BinaryPrimitives.WriteUInt32BigEndian(bytes, number);
        return bytes;
    }

    private static byte[] Text(string word)
    {
        var bytes = Bytes(word);
        return bytes.Length <= LongestText ? [(byte)bytes.Length, .. bytes] : throw new FormatException($"a text of {bytes.Length} bytes is longer than {LongestText}; divide it into several");
    }

    private static byte[] WithLength(byte[] bytes, string word) =>
        bytes.Length <= byte.MaxValue ? [(byte)bytes.Length, .. bytes] : throw new FormatException($"'{word}' is longer than {byte.MaxValue} bytes");

    /// <summary>Parses the time of a signature (RFC 4034, section 3.2): a date, or seconds.</summary>
    private static byte[] Date(string word)
    {
        if (word.Length != DateFormat.Length)
            return BigEndian(Number(word, uint.MaxValue));
        return DateTimeOffset.TryParseExact(word, DateFormat, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var date) && date.ToUnixTimeSeconds() is var seconds and >= 0 and <= uint.MaxValue
            ? BigEndian((uint)seconds)
            : throw new FormatException($"'{word}' is not a time such as 20260131235959");
    }

    private static string Dashed(ReadOnlySpan<byte> bytes) => Convert.ToHexStringLower(bytes) is var text ? string.Join('-', text.Chunk(2).Select(pair => new string(pair))) : "";

    private static byte[] Undashed(string word, int size)
    {
        var parts = word.Split('-');
        return parts.Length == size && parts.All(part => part.Length == 2 && part.All(char.IsAsciiHexDigit))
            ? Convert.FromHexString(string.Concat(parts))
            : throw new FormatException($"'{word}' is not {size} pairs of hexadecimal digits with '-' between them");
    }

    /// <summary>Returns bytes in base 32 with the digits of RFC 4648, section 7, without padding.</summary>
    private static string ToBase32(ReadOnlySpan<byte> bytes)
    {
        StringBuilder text = new();
        var (bits, count) = (0, 0);
        foreach (var each in bytes)
        {
            (bits, count) = (((bits << 8) | each) & 0xfff, count + 8);
            for (; count >= 5; count -= 5)
                text.Append(Base32[(bits >> (count - 5)) & 0x1f]);
        }

        return count > 0 ? text.Append(Base32[(bits << (5 - count)) & 0x1f]).ToString() : text.ToString();
    }

    private static byte[] FromBase32(string word)
    {
        List<byte> bytes = [];
        var (bits, count) = (0, 0);
        foreach (var each in word)
        {
            var digit = Base32.IndexOf(char.ToUpperInvariant(each), StringComparison.Ordinal);
            if (digit < 0)
                throw new FormatException($"'{word}' is not in base 32");
            (bits, count) = (((bits << 5) | digit) & 0xfff, count + 5);
            if (count >= 8)
                bytes.Add((byte)(bits >> (count -= 8)));
        }

        return [.. bytes];
    }
}
