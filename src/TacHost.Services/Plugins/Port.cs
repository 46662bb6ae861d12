using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace TacHost.Services.Plugins;

/// <summary>A port as an option value, from 0 to 65535. For 0, the system chooses the port. Converts implicitly to <see cref="int"/>.</summary>
[OptionType("PORT", "a port between 0 and 65535")]
public readonly record struct Port : IParsable<Port>
{
    /// <summary>Initializes a port.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The number is not between 0 and 65535.</exception>
    public Port(int number)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(number);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(number, ushort.MaxValue);
        Number = number;
    }

    /// <summary>Gets the number.</summary>
    public int Number { get; }

    /// <summary>Returns the number of a port.</summary>
    public static implicit operator int(Port port) => port.Number;

    /// <summary>Returns the port with a number.</summary>
    public static implicit operator Port(int number) => new(number);

    /// <inheritdoc/>
    public static Port Parse(string s, IFormatProvider? provider) =>
        TryParse(s, provider, out var port) ? port : throw new FormatException($"'{s}' is not a port between 0 and 65535.");

    /// <inheritdoc/>
    public static bool TryParse([NotNullWhen(true)] string? s, IFormatProvider? provider, out Port result)
    {
        var isPort = ushort.TryParse(s, NumberStyles.None, CultureInfo.InvariantCulture, out var number);
        result = new Port(number);
        return isPort;
    }

    /// <inheritdoc/>
    public override string ToString() => Number.ToString(CultureInfo.InvariantCulture);
}
