using System.Globalization;
using System.Text;

namespace TacHost.Services.Networking.Endpoints;

/// <summary>The parsed text of an endpoint. Callers read its parts in the order in which unnamed parts are allowed.</summary>
/// <remarks>
/// Parts are separated by <c>:</c>. A part with a <c>=</c> is named, and everything after the first <c>=</c> is the value.
/// <c>\</c> escapes the next character. Ported from <c>twisted.internet.endpoints._parse</c>.
/// </remarks>
internal sealed class EndpointText
{
    private const int LongestQuotation = 120;

    private readonly string _text;
    private readonly Queue<string> _unnamed = new();
    private readonly Dictionary<string, string> _named = new(StringComparer.Ordinal);
    private readonly List<string> _asked = [];

    public EndpointText(string text)
    {
        _text = text;
        Split();
        if (!_unnamed.TryDequeue(out var kind) || kind.Length == 0)
            throw Error("it does not begin with a kind", "Begin with the kind and a colon, such as 'tcp:10000'");
        Kind = kind;
    }

    /// <summary>Gets the kind: the text before the first colon.</summary>
    public string Kind { get; }

    /// <summary>Formats an endpoint in the parsed form, without parts that have no value.</summary>
    /// <param name="kind">The kind.</param>
    /// <param name="parts">The names and values in order. The name of an unnamed part is empty.</param>
    public static string Print(string kind, params ReadOnlySpan<(string Name, string? Value)> parts)
    {
        StringBuilder text = new(kind);
        foreach (var (name, value) in parts)
        {
            if (value is null)
                continue;
            text.Append(':');
            if (name.Length > 0)
                text.Append(name).Append('=');
            foreach (var character in value)
            {
                if (character is '\\' or ':' or '=')
                    text.Append('\\');
                text.Append(character);
            }
        }

        return text.ToString();
    }

    /// <summary>Returns the text, truncated to the length that messages quote.</summary>
    public static string Short(string text) => text.Length <= LongestQuotation ? text : $"{text.AsSpan(0, LongestQuotation)}…";

    /// <summary>Returns the value of an optional part, by its name, by one of its other names, or by its position.</summary>
    public string? Optional(string name, params ReadOnlySpan<string> otherNames)
    {
        _asked.Add(name);
        _asked.AddRange(otherNames);
        string? found = null, foundAs = null;
        foreach (var candidate in (ReadOnlySpan<string>)[name, .. otherNames])
        {
            if (!_named.Remove(candidate, out var value))
                continue;
            if (foundAs is not null)
                throw Error($"it gives both '{foundAs}' and '{candidate}', which are the same", "Leave one of them out");
            (found, foundAs) = (value, candidate);
        }

        return foundAs is null && _unnamed.TryDequeue(out var unnamed) ? unnamed : found;
    }

    /// <summary>Returns the value of a required part, which must not be empty.</summary>
    public string Required(string name, string expected, params ReadOnlySpan<string> otherNames)
    {
        var value = Optional(name, otherNames);
        if (value is null)
        {
            // A misspelt name is more likely than a missing part, and makes a better message.
            string[] names = [name, .. otherNames];
            var misspelt = _named.Keys.FirstOrDefault(each => DidYouMean.To(each, names) is not null);
            throw misspelt is null
                ? Error($"its {name} is missing", $"Expected {expected}")
                : Error($"'{Kind}' has no parameter '{Short(misspelt)}'", $"Did you mean '{name}'? Expected {expected}");
        }

        return value.Length > 0 ? value : throw ValueError(name, value, expected);
    }

    /// <summary>Returns a required integer from 0 to a maximum.</summary>
    public int RequiredNumber(string name, int largest)
    {
        var expected = $"a whole number from 0 to {largest}";
        return Number(name, Required(name, expected), 0, largest, expected);
    }

    /// <summary>Returns an integer, or null if it is missing.</summary>
    public int? OptionalNumber(string name, int smallest, int largest) =>
        Optional(name) is { } value ? Number(name, value, smallest, largest, $"a whole number from {smallest} to {largest}") : null;

    /// <summary>Throws if there are parts that have not been read. Call it after reading all parts.</summary>
    public void Finish()
    {
        if (_named.Count > 0)
        {
            var name = _named.Keys.First();
            var meant = DidYouMean.To(name, _asked) is { } near ? $"Did you mean '{near}'? " : "";
            throw Error($"'{Kind}' has no parameter '{Short(name)}'", $"{meant}It takes {string.Join(", ", _asked)}");
        }

        if (_unnamed.TryDequeue(out var extra))
            throw Error($"the part '{Short(extra)}' is one too many", $"'{Kind}' takes {string.Join(", ", _asked)}; write '\\:' for a colon inside of a part");
    }

    public FormatException ValueError(string name, string value, string expected) =>
        Error($"its {name} is '{Short(value)}'", $"Expected {expected}");

    public FormatException Error(string reason, string advice) =>
        new($"'{Short(_text)}' is not an endpoint, because {reason}. {advice}.");

    private int Number(string name, string value, int smallest, int largest, string expected) =>
        int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number >= smallest && number <= largest
            ? number
            : throw ValueError(name, value, expected);

    private void Split()
    {
        StringBuilder part = new();
        string? name = null;
        for (var i = 0; i < _text.Length; i++)
        {
            switch (_text[i])
            {
                case '\\':
                    if (++i == _text.Length)
                        throw Error("it ends in a single '\\'", "Write '\\\\' for a backslash");
                    part.Append(_text[i]);
                    break;
                case '=' when name is null:
                    name = part.ToString();
                    part.Clear();
                    break;
                case ':':
                    EndPart();
                    break;
                default:
                    part.Append(_text[i]);
                    break;
            }
        }

        EndPart();

        void EndPart()
        {
            if (name is null)
                _unnamed.Enqueue(part.ToString());
            else if (!_named.TryAdd(name, part.ToString()))
                throw Error($"it gives '{Short(name)}' twice", "Leave one of them out");
            part.Clear();
            name = null;
        }
    }
}
