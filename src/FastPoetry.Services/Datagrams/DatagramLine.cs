using System.Globalization;
using System.Text;

namespace FastPoetry.Services.Datagrams;

/// <summary>The line that every datagram begins with: words of visible ASCII characters, one space between two, and a line feed.</summary>
internal static class DatagramLine
{
    public const int Longest = 256;

    public const int LongestName = 160;

    public static string Print(params ReadOnlySpan<string> words) => string.Join(' ', words) + '\n';

    public static string Print(int number) => number.ToString(CultureInfo.InvariantCulture);

    /// <summary>A name as in the path of a URL: UTF-8, percent-encoded except for letters, digits and <c>-._~</c>.</summary>
    public static string Escape(string name) => Uri.EscapeDataString(name);

    public static bool TryUnescape(string word, out string? name)
    {
        name = word.Length <= LongestName ? Uri.UnescapeDataString(word) : null;
        return name is not null;
    }

    /// <summary>Reads a number of digits alone.</summary>
    public static bool TryParseNumber(string word, out int number) => int.TryParse(word, NumberStyles.None, CultureInfo.InvariantCulture, out number);

    /// <summary>Reads the line of a datagram.</summary>
    /// <param name="datagram">The datagram.</param>
    /// <param name="kind">The first word that is expected.</param>
    /// <param name="count">The number of words that must follow it.</param>
    /// <param name="words">Those words, none of them empty.</param>
    /// <param name="rest">The rest after the line feed.</param>
    /// <returns>True if it is such a line.</returns>
    public static bool TryParse(ReadOnlySpan<byte> datagram, string kind, int count, out string[] words, out ReadOnlySpan<byte> rest)
    {
        words = [];
        rest = default;
        var end = datagram[..Math.Min(datagram.Length, Longest)].IndexOf((byte)'\n');
        if (end < 0 || datagram[..end].ContainsAnyExceptInRange((byte)' ', (byte)'~'))
            return false;
        var all = Encoding.ASCII.GetString(datagram[..end]).Split(' ');
        if (all[0] != kind || all.Length != count + 1 || all.Contains(""))
            return false;
        words = all[1..];
        rest = datagram[(end + 1)..];
        return true;
    }
}
