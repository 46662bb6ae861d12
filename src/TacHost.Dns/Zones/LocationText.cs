using System.Buffers.Binary;
using System.Globalization;

namespace TacHost.Dns.Zones;

/// <summary>Converts geographic locations from and to the syntax of LOC records (RFC 1876).</summary>
internal static class LocationText
{
    /// <summary>The size of the data in bytes.</summary>
    public const int Size = 16;

    private const uint Middle = 1u << 31;
    private const long ThousandthsOfADegree = 3_600_000;
    private const decimal LowestMeters = 100_000;

    private static readonly decimal[] _defaultSizes = [1, 10_000, 10];

    /// <summary>Parses <c>DEGREES [MINUTES [SECONDS]] N|S DEGREES [MINUTES [SECONDS]] E|W ALTITUDE [SIZE [HORIZONTAL [VERTICAL]]]</c>.</summary>
    /// <exception cref="FormatException">The words are not a location.</exception>
    public static byte[] Parse(IReadOnlyList<ZoneWord> words)
    {
        var next = 0;
        var data = new byte[Size];
        BinaryPrimitives.WriteUInt32BigEndian(data.AsSpan(4), Angle(words, ref next, 90, "N", "S"));
        BinaryPrimitives.WriteUInt32BigEndian(data.AsSpan(8), Angle(words, ref next, 180, "E", "W"));
        if (next >= words.Count)
            throw new FormatException("the altitude of a LOC is missing");
        BinaryPrimitives.WriteUInt32BigEndian(data.AsSpan(12), (uint)((Meters(words[next++].Text, -LowestMeters, 42_849_672.95m) + LowestMeters) * 100));
        for (var i = 0; i < _defaultSizes.Length; i++)
            data[1 + i] = Exponent(next < words.Count ? Meters(words[next++].Text, 0, 90_000_000) : _defaultSizes[i]);
        return next == words.Count ? data : throw new FormatException($"'{words[next].Text}' is more than a LOC has");
    }

    /// <summary>Prints a location in the form that <see cref="Parse"/> accepts.</summary>
    /// <exception cref="Messages.DnsFormatException">The data is not a location.</exception>
    public static string Print(ReadOnlySpan<byte> data)
    {
        if (data[0] != 0)
            throw new Messages.DnsFormatException("the version of a LOC is not 0");
        var altitude = BinaryPrimitives.ReadUInt32BigEndian(data[12..]) / 100m - LowestMeters;
        return string.Create(CultureInfo.InvariantCulture, $"{Angle(data[4..], 90, 'N', 'S')} {Angle(data[8..], 180, 'E', 'W')} {altitude:0.00}m {Size4(data[1])}m {Size4(data[2])}m {Size4(data[3])}m");

        static string Size4(byte size) => (size >> 4) <= 9 && (size & 0xf) <= 9
            ? ((size >> 4) * (decimal)Math.Pow(10, size & 0xf) / 100).ToString("0.00", CultureInfo.InvariantCulture)
            : throw new Messages.DnsFormatException("a size of a LOC is not a digit and an exponent");
    }

    private static string Angle(ReadOnlySpan<byte> data, int most, char positive, char negative)
    {
        var offset = (long)BinaryPrimitives.ReadUInt32BigEndian(data) - Middle;
        var size = Math.Abs(offset);
        if (size > most * ThousandthsOfADegree)
            throw new Messages.DnsFormatException($"an angle of a LOC is more than {most} degrees");
        return string.Create(CultureInfo.InvariantCulture, $"{size / ThousandthsOfADegree} {size / 60_000 % 60} {size % 60_000 / 1000m:0.000} {(offset < 0 ? negative : positive)}");
    }

    private static uint Angle(IReadOnlyList<ZoneWord> words, ref int next, int most, string positive, string negative)
    {
        decimal size = 0;
        var unit = (decimal)ThousandthsOfADegree;
        for (var parts = 0; next < words.Count; parts++)
        {
            var word = words[next++].Text;
            if (parts > 0 && (word.Equals(positive, StringComparison.OrdinalIgnoreCase) || word.Equals(negative, StringComparison.OrdinalIgnoreCase)))
            {
                if (size > most * ThousandthsOfADegree)
                    throw new FormatException($"an angle of a LOC is more than {most} degrees");
                return (uint)(Middle + (word.Equals(positive, StringComparison.OrdinalIgnoreCase) ? (long)size : -(long)size));
            }

            if (parts == 3)
                break;
            size += parts == 2 ? Decimal(word, 0, 59.999m) * unit : FieldText.Number(word, parts == 0 ? (uint)most : 59) * unit;
            unit /= 60;
        }

        throw new FormatException($"a LOC has no {positive} or {negative} after an angle of degrees, minutes and seconds");
    }

    private static decimal Meters(string word, decimal least, decimal most) => Decimal(word.TrimEnd('m', 'M'), least, most);

    private static decimal Decimal(string word, decimal least, decimal most) =>
        decimal.TryParse(word, NumberStyles.AllowDecimalPoint | NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) && number >= least && number <= most
            ? number
            : throw new FormatException(string.Create(CultureInfo.InvariantCulture, $"'{word}' is not a number from {least} to {most}"));

    /// <summary>Returns the first digit of a length in centimeters and its decimal exponent, each in four bits.</summary>
    private static byte Exponent(decimal meters)
    {
        var (digit, exponent) = ((long)(meters * 100), 0);
        for (; digit > 9; digit /= 10)
            exponent++;
        return (byte)((digit << 4) | (uint)exponent);
    }
}
