using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace TacHost.Services.Plugins;

/// <summary>
/// An option value of bytes, such as <c>1000</c>. The suffixes <c>k</c>, <c>M</c> and
/// <c>G</c> multiply by 1000, 1000² and 1000³. Converts implicitly to <see cref="long"/>.
/// </summary>
[OptionType("BYTES", ByteCount.Expected)]
public readonly record struct ByteSize : IParsable<ByteSize>
{
    /// <summary>Initializes a number of bytes.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The number is negative.</exception>
    public ByteSize(long bytes)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(bytes);
        Bytes = bytes;
    }

    /// <summary>Gets the number of bytes.</summary>
    public long Bytes { get; }

    /// <summary>Gets the number of bytes.</summary>
    public static implicit operator long(ByteSize size) => size.Bytes;

    /// <summary>Returns the size for a number of bytes.</summary>
    public static implicit operator ByteSize(long bytes) => new(bytes);

    /// <inheritdoc/>
    public static ByteSize Parse(string s, IFormatProvider? provider) =>
        TryParse(s, provider, out var size) ? size : throw new FormatException($"'{s}' is not {ByteCount.Expected}.");

    /// <inheritdoc/>
    public static bool TryParse([NotNullWhen(true)] string? s, IFormatProvider? provider, out ByteSize result)
    {
        var bytes = s is null ? null : ByteCount.Parse(s);
        result = new ByteSize(bytes ?? 0);
        return bytes is not null;
    }

    /// <summary>Returns the shortest text that is parsed as the same number.</summary>
    public override string ToString()
    {
        var (count, suffix) = Bytes switch
        {
            > 0 and var bytes when bytes % 1_000_000_000 == 0 => (bytes / 1_000_000_000, "G"),
            > 0 and var bytes when bytes % 1_000_000 == 0 => (bytes / 1_000_000, "M"),
            > 0 and var bytes when bytes % 1_000 == 0 => (bytes / 1_000, "k"),
            var bytes => (bytes, ""),
        };
        return string.Create(CultureInfo.InvariantCulture, $"{count}{suffix}");
    }
}
