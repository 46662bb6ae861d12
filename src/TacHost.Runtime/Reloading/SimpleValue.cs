using System.Globalization;
using System.Net;
using System.Text;
using System.Text.RegularExpressions;

namespace TacHost.Reloading;

/// <summary>Simple values that can be compared by their text.</summary>
internal static class SimpleValue
{
    private const int ShownLength = 60;

    /// <summary>Returns the complete text of a value, or null if the value is not a simple one.</summary>
    public static string? TextOf(object value) => value switch
    {
        string text => text,
        bool or char or sbyte or byte or short or ushort or int or uint or long or ulong or nint or nuint or Int128 or UInt128 or decimal => Convert.ToString(value, CultureInfo.InvariantCulture),
        float number => number.ToString("R", CultureInfo.InvariantCulture),
        double number => number.ToString("R", CultureInfo.InvariantCulture),
        Half number => number.ToString("R", CultureInfo.InvariantCulture),
        Enum flag => flag.ToString(),
        DateTime time => time.ToString("O", CultureInfo.InvariantCulture),
        DateTimeOffset time => time.ToString("O", CultureInfo.InvariantCulture),
        DateOnly or TimeOnly or TimeSpan => ((IFormattable)value).ToString(value is TimeSpan ? "c" : "O", CultureInfo.InvariantCulture),
        Guid or Version or IPNetwork or Rune or Index or Range => value.ToString(),

        // A class derived from one of these may hold more than the text.
        IPAddress or IPEndPoint or DnsEndPoint or Uri or Regex when !ObjectShapes.IsOfDotNet(value.GetType()) => null,
        IPAddress => value.ToString(),
        IPEndPoint place => place.ToString(),
        DnsEndPoint place => place.ToString(),
        Uri uri => uri.OriginalString,
        TimeZoneInfo zone => zone.ToSerializedString(),
        Regex expression => $"{expression} {expression.Options} {expression.MatchTimeout}",
        _ => null,
    };

    /// <summary>Formats and shortens a value for a message.</summary>
    public static string Shown(object? value)
    {
        if (value is null)
            return "null";
        if (TextOf(value) is not { } text)
            return $"a {NameOf(value.GetType())}";
        if (text.Length > ShownLength)
            text = text[..ShownLength] + "…";
        return value is string or char ? $"'{text.ReplaceLineEndings(" ")}'" : text;
    }

    /// <summary>Returns the name of a type as written in the tac file.</summary>
    public static string NameOf(Type type)
    {
        var name = type.Name.Split('`')[0];
        return type.IsGenericType ? $"{name}<{string.Join(", ", type.GetGenericArguments().Select(NameOf))}>" : name;
    }

    /// <summary>Returns the name of a field for a message: <c>port</c> for <c>_port</c>, and the name of the property or constructor parameter for its field.</summary>
    public static string NameOf(string field)
    {
        var name = field.StartsWith('<') && field.IndexOf('>', StringComparison.Ordinal) is var end and > 1 ? field[1..end] : field.TrimStart('_');
        return name.Length == 0 ? field : char.ToLowerInvariant(name[0]) + name[1..];
    }
}
