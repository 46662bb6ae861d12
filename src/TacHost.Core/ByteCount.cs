using System.Globalization;

namespace TacHost;

/// <summary>The texts of sizes in options. The suffixes <c>k</c>, <c>M</c> and <c>G</c> multiply by 1000, 1000² and 1000³.</summary>
internal static class ByteCount
{
    /// <summary>The description of a valid text, for errors.</summary>
    public const string Expected = "a number of bytes such as 1000000, 500k or 10M";

    /// <summary>Returns the number of bytes, or null if the text is not valid.</summary>
    public static long? Parse(string text)
    {
        var (digits, factor) = text switch
        {
            [.. var number, 'k' or 'K'] => (number, 1_000L),
            [.. var number, 'M'] => (number, 1_000_000L),
            [.. var number, 'G'] => (number, 1_000_000_000L),
            _ => (text, 1L),
        };
        return long.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out var count) && count <= long.MaxValue / factor ? count * factor : null;
    }
}
