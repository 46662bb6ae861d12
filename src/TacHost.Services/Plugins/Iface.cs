using System.Diagnostics.CodeAnalysis;
using TacHost.Services.Networking;

namespace TacHost.Services.Plugins;

/// <summary>
/// An option value that specifies where to listen: an address, a host name, the name of a
/// network interface, or empty for all interfaces. Converts implicitly to <see cref="string"/>.
/// </summary>
/// <remarks>Only the syntax is checked. A name is resolved when a server starts.</remarks>
[OptionType("IFACE", "an address, a host name or the name of a network interface")]
public readonly record struct Iface : IParsable<Iface>
{
    private const int Longest = 253;

    private readonly string? _name;

    /// <summary>Initializes an interface from its name.</summary>
    public Iface(string name) => _name = name;

    /// <summary>Gets the name.</summary>
    public string Name => _name ?? "";

    /// <summary>Returns the name.</summary>
    public static implicit operator string(Iface iface) => iface.Name;

    /// <summary>Returns the interface with a name.</summary>
    public static implicit operator Iface(string name) => new(name);

    /// <inheritdoc/>
    public static Iface Parse(string s, IFormatProvider? provider) =>
        TryParse(s, provider, out var iface) ? iface : throw new FormatException($"'{s}' is not an address, a host name or the name of a network interface.");

    /// <inheritdoc/>
    public static bool TryParse([NotNullWhen(true)] string? s, IFormatProvider? provider, out Iface result)
    {
        result = new Iface(s ?? "");
        return s is not null && s.Length <= Longest && s.All(character => char.IsAsciiLetterOrDigit(character) || character is '.' or ':' or '-' or '_' or '%' or '@')
            && (s.Length == 0 || (s[0] is not '-' and not '.' && !s.Contains("..", StringComparison.Ordinal) && IsAddressOrName(s)));
    }

    /// <inheritdoc/>
    public override string ToString() => Name;

    /// <summary>
    /// Returns whether a text is an address or can be a name. Digits and dots alone must be
    /// an address, as in a URL. Colons are allowed in an IPv6 address or an interface alias.
    /// </summary>
    private static bool IsAddressOrName(string text) =>
        AddressText.TryParseScoped(text, out _) || (!AddressText.IsAmbiguous(text) && !text.All(character => char.IsAsciiDigit(character) || character == '.'));
}
