using System.Diagnostics.CodeAnalysis;
using TacHost.Services.Networking;

namespace TacHost.Services.Plugins;

/// <summary>Where to listen, as an option takes it: an address, a host name, the name of a network interface, or empty for all of them. It is a <see cref="string"/> wherever one is wanted.</summary>
/// <remarks>Only the form is checked; a name is looked up when a server starts.</remarks>
[OptionType("IFACE", "an address, a host name or the name of a network interface")]
public readonly record struct Iface : IParsable<Iface>
{
    private const int Longest = 253;

    private readonly string? _name;

    /// <summary>An interface by its name.</summary>
    public Iface(string name) => _name = name;

    /// <summary>The name as it was given.</summary>
    public string Name => _name ?? "";

    /// <summary>The name.</summary>
    public static implicit operator string(Iface iface) => iface.Name;

    /// <summary>The interface of a name.</summary>
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

    /// <summary>Digits and dots alone are an address or nothing, as in a URL; colons are an IPv6 address or the alias of an interface.</summary>
    private static bool IsAddressOrName(string text) =>
        AddressText.TryParseScoped(text, out _) || (!AddressText.IsAmbiguous(text) && !text.All(character => char.IsAsciiDigit(character) || character == '.'));
}
