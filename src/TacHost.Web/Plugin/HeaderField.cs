using System.Diagnostics.CodeAnalysis;
using TacHost.Services.Plugins;

namespace TacHost.Web.Plugin;

/// <summary>A header as an option takes it, <c>NAME: VALUE</c>, the form of curl.</summary>
[OptionType("HEADER", "a header, such as 'Cache-Control: no-cache'")]
public readonly record struct HeaderField : IParsable<HeaderField>
{
    private const string Separators = "!#$%&'*+-.^_`|~";

    private HeaderField(string name, string value) => (Name, Value) = (name, value);

    /// <summary>Gets the name.</summary>
    public string Name { get; }

    /// <summary>Gets the value.</summary>
    public string Value { get; }

    /// <inheritdoc/>
    public static HeaderField Parse(string s, IFormatProvider? provider) =>
        TryParse(s, provider, out var header) ? header : throw new FormatException($"'{s}' is not a header, such as 'Cache-Control: no-cache'.");

    /// <inheritdoc/>
    public static bool TryParse([NotNullWhen(true)] string? s, IFormatProvider? provider, out HeaderField result)
    {
        result = default;
        var colon = s?.IndexOf(':', StringComparison.Ordinal) ?? -1;
        if (colon <= 0)
            return false;
        result = new HeaderField(s![..colon], s[(colon + 1)..].Trim());

        // RFC 9110, section 5: a token, and visible characters.
        return result.Name.All(c => char.IsAsciiLetterOrDigit(c) || Separators.Contains(c)) && result.Value.All(c => c is >= ' ' and <= '~' or '\t');
    }

    /// <inheritdoc/>
    public override string ToString() => $"{Name}: {Value}";
}
