using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Net;
using TacHost.Services.Plugins;

namespace TacHost.Ftp;

/// <summary>An inclusive range of ports.</summary>
[OptionType("LOW-HIGH", "a range of ports such as 50000-50100")]
public readonly record struct PortRange : IParsable<PortRange>
{
    /// <summary>Initializes a range.</summary>
    /// <exception cref="ArgumentOutOfRangeException">A port is not between 1 and 65535, or the last port is less than the first.</exception>
    public PortRange(int first, int last)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(first, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(last, IPEndPoint.MaxPort);
        ArgumentOutOfRangeException.ThrowIfLessThan(last, first);
        (First, Last) = (first, last);
    }

    /// <summary>Gets the first port.</summary>
    public int First { get; }

    /// <summary>Gets the last port.</summary>
    public int Last { get; }

    /// <summary>Gets the number of ports.</summary>
    public int Count => Last - First + 1;

    /// <summary>Parses a range such as <c>50000-50100</c>, or a single port.</summary>
    /// <exception cref="FormatException">The text is not a range of ports.</exception>
    public static PortRange Parse(string s, IFormatProvider? provider) =>
        TryParse(s, provider, out var range) ? range : throw new FormatException($"'{s}' is not a range of ports. Write two ports between 1 and {IPEndPoint.MaxPort}, the lower one first, such as 50000-50100.");

    /// <inheritdoc/>
    public static bool TryParse([NotNullWhen(true)] string? s, IFormatProvider? provider, out PortRange result)
    {
        result = default;
        var words = (s ?? "").Split('-');
        if (words.Length > 2
            || !ushort.TryParse(words[0], NumberStyles.None, CultureInfo.InvariantCulture, out var first)
            || !ushort.TryParse(words[^1], NumberStyles.None, CultureInfo.InvariantCulture, out var last)
            || first < 1 || last < first)
        {
            return false;
        }

        result = new PortRange(first, last);
        return true;
    }

    /// <summary>Returns the range in the format of <see cref="Parse(string, IFormatProvider?)"/>.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{First}-{Last}");
}
