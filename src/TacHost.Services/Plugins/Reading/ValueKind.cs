using System.Globalization;
using System.Net;
using System.Reflection;
using TacHost.Services.Networking;

namespace TacHost.Services.Plugins.Reading;

/// <summary>The name, the parser and the format of option values of one type.</summary>
/// <param name="ValueName">The name of a value in the help.</param>
/// <param name="Expected">The description of a valid value, to follow "which is"; empty if the exception of <paramref name="Parse"/> is more helpful.</param>
/// <param name="Parse">Parses a value, or throws <see cref="FormatException"/>.</param>
internal sealed record ValueKind(string ValueName, string Expected, Func<string, OptionFormat, object> Parse)
{
    private static readonly string[] _on = ["1", "true", "yes", "on"];
    private static readonly string[] _off = ["0", "false", "no", "off"];

    /// <summary>Gets the allowed values, or an empty list if other values are allowed.</summary>
    public IReadOnlyList<string> Choices { get; init; } = [];

    /// <summary>Returns the kind of a type, or null if the type is unsupported.</summary>
    public static ValueKind? Of(Type type)
    {
        type = Nullable.GetUnderlyingType(type) ?? type;
        if (type == typeof(string))
            return new("TEXT", "a text", (text, _) => text);
        if (type == typeof(bool))
            return new("YES|NO", "yes or no", (text, _) => _on.Contains(text, StringComparer.OrdinalIgnoreCase) || (_off.Contains(text, StringComparer.OrdinalIgnoreCase) ? false : throw new FormatException()));
        if (type == typeof(Port))
            return Kind<Port>();
        if (type == typeof(TimeSpan))
            return new("TIME", Duration.Expected, (text, _) => Duration.Parse(text) ?? throw new FormatException());
        if (type == typeof(Uri))
            return new("URL", "a URL such as http://127.0.0.1:8080/", (text, _) => Uri.TryCreate(text, UriKind.Absolute, out var uri) && text.Contains(':', StringComparison.Ordinal) && !text.StartsWith('/') && AddressText.HasPlainHost(uri) ? uri : throw new FormatException());
        if (type == typeof(IPAddress))
            return new("ADDRESS", "an IP address", (text, _) => AddressText.TryParseScoped(text, out var address) ? address : throw new FormatException());
        if (type == typeof(IPEndPoint))
            return new("ADDRESS:PORT", "an IP address and a port, such as 127.0.0.1:80 or [::1]:80", (text, _) => AddressText.TryParseEndPoint(text, out var place) ? place : throw new FormatException());
        if (type == typeof(IPNetwork))
            return new("NETWORK", "a network such as 10.0.0.0/8", (text, _) => AddressText.TryParseNetwork(text, out var network) ? network : throw new FormatException());
        if (type == typeof(ServerEndpoint))
            return new("ENDPOINT", "", (text, _) => Endpoint.Parse(text));
        if (type == typeof(ClientEndpoint))
            return new("ENDPOINT", "", (text, _) => Endpoint.ParseClient(text));
        if (type.IsEnum)
            return OfEnum(type);
        if (type.IsGenericType && type.GetGenericTypeDefinition() == typeof(KeyValuePair<,>))
            return OfPair(type);
        return OfParsable(type);
    }

    /// <summary>Returns the text that is parsed as a value, or null if the type has no such text.</summary>
    public static string? Print(object? value) => value switch
    {
        null or "" => null,
        bool on => on ? "on" : "off",
        TimeSpan time => Duration.Print(time),
        Enum name => KebabCase.Of(name.ToString()),
        IFormattable number => number.ToString(null, CultureInfo.InvariantCulture),
        _ when value.GetType() is { IsGenericType: true } pair && pair.GetGenericTypeDefinition() == typeof(KeyValuePair<,>) =>
            $"{Print(pair.GetProperty("Key")!.GetValue(value))}={Print(pair.GetProperty("Value")!.GetValue(value))}",
        _ => value.ToString() is { Length: > 0 } text ? text : null,
    };

    private static ValueKind OfEnum(Type type)
    {
        var byName = Enum.GetNames(type).ToDictionary(KebabCase.Of, name => Enum.Parse(type, name), StringComparer.OrdinalIgnoreCase);
        string[] choices = [.. byName.Keys];
        return new("WORD", $"one of {string.Join(", ", choices)}", (text, _) => byName.GetValueOrDefault(text) ?? throw new FormatException()) { Choices = choices };
    }

    private static ValueKind? OfPair(Type type)
    {
        if (Of(type.GenericTypeArguments[0]) is not { } key || Of(type.GenericTypeArguments[1]) is not { } value)
            return null;
        var expected = $"{key.ValueName}={value.ValueName}{Meaning(key, " with ")}{Meaning(value, key.Expected.Length > 0 ? " and " : " with ")}";
        return new($"{key.ValueName}={value.ValueName}", expected, (text, format) =>
        {
            var equals = text.IndexOf('=', StringComparison.Ordinal);
            return equals < 0 ? throw new FormatException() : Activator.CreateInstance(type, key.Parse(text[..equals], format), value.Parse(text[(equals + 1)..], format))!;
        });

        static string Meaning(ValueKind kind, string before) => kind.Expected.Length > 0 ? before + kind.Expected : "";
    }

    private static ValueKind? OfParsable(Type type)
    {
        var isParsable = type.GetInterfaces().Any(each => each.IsGenericType && each.GetGenericTypeDefinition() == typeof(IParsable<>) && each.GenericTypeArguments[0] == type);
        return isParsable ? (ValueKind)typeof(ValueKind).GetMethod(nameof(Kind), BindingFlags.Static | BindingFlags.NonPublic)!.MakeGenericMethod(type).Invoke(null, null)! : null;
    }

    private static ValueKind Kind<T>()
        where T : IParsable<T>
    {
        var isNumber = typeof(T).IsPrimitive || default(T) is decimal;
        var isWhole = isNumber && default(T) is not (float or double or decimal or char);
        var (name, expected) = typeof(T).GetCustomAttribute<OptionTypeAttribute>() is { } named ? (named.ValueName, named.Expected)
            : isWhole ? ("NUMBER", "a whole number")
            : isNumber ? ("NUMBER", "a number")
            : (KebabCase.Of(TypeName.Of(typeof(T))).ToUpperInvariant(), "");
        return new(name, expected, (text, format) => T.Parse(text, format));
    }
}
