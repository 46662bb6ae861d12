using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using TacHost.Services.Plugins;

namespace TacHost.Processes;

/// <summary>The signal that asks a program to end, such as <c>SIGINT</c>: PostgreSQL, nginx and uWSGI have their own.</summary>
[OptionType("SIGNAL", "a signal such as TERM, INT, QUIT or HUP, with or without SIG, or its number")]
public readonly record struct StopSignal : IParsable<StopSignal>
{
    private const string Prefix = "SIG";
    private const int Largest = 64;

    private static readonly Dictionary<string, int> _numbers = new(StringComparer.OrdinalIgnoreCase)
    {
        ["HUP"] = 1,
        ["INT"] = 2,
        ["QUIT"] = 3,
        ["ABRT"] = 6,
        ["KILL"] = 9,
        ["USR1"] = 10,
        ["USR2"] = 12,
        ["TERM"] = 15,
        ["WINCH"] = 28,
    };

    private readonly int _number;

    private StopSignal(int number) => _number = number;

    /// <summary>Gets SIGTERM, which is the default.</summary>
    public static StopSignal Terminate => default;

    /// <summary>Gets the number, which is the same on x86-64 and arm64 Linux.</summary>
    public int Number => _number == 0 ? _numbers["TERM"] : _number;

    /// <summary>Parses a name or a number.</summary>
    /// <exception cref="FormatException">The signal does not exist.</exception>
    public static StopSignal Parse(string text) =>
        TryParse(text, null, out var signal) ? signal : throw new FormatException($"'{text}' is not a signal. Write one of {string.Join(", ", _numbers.Keys)}, or a number up to {Largest}.");

    /// <inheritdoc/>
    static StopSignal IParsable<StopSignal>.Parse(string s, IFormatProvider? provider) => Parse(s);

    /// <inheritdoc/>
    public static bool TryParse([NotNullWhen(true)] string? s, IFormatProvider? provider, out StopSignal result)
    {
        var name = s is not null && s.StartsWith(Prefix, StringComparison.OrdinalIgnoreCase) ? s[Prefix.Length..] : s ?? "";
        var isSignal = _numbers.TryGetValue(name, out var number) || (int.TryParse(s, NumberStyles.None, CultureInfo.InvariantCulture, out number) && number is > 0 and <= Largest);
        result = isSignal ? new StopSignal(number) : default;
        return isSignal;
    }

    /// <summary>Returns the name, such as SIGTERM, or the number of a signal without a name here.</summary>
    public override string ToString()
    {
        var number = Number;
        return _numbers.FirstOrDefault(pair => pair.Value == number) is { Key: { } name } ? Prefix + name : $"signal {number.ToString(CultureInfo.InvariantCulture)}";
    }

    /// <inheritdoc/>
    public bool Equals(StopSignal other) => Number == other.Number;

    /// <inheritdoc/>
    public override int GetHashCode() => Number;
}
