using System.Globalization;
using System.Text;

namespace TacHost.Services.Networking.Endpoints;

/// <summary>The text of an endpoint taken apart, to be asked for its parts in the order in which they may stand without a name.</summary>
/// <remarks>
/// Parts are separated by <c>:</c>; one with a <c>=</c> is named, and everything after its first <c>=</c> is the value; <c>\</c> makes the next
/// character an ordinary one. Ported from <c>twisted.internet.endpoints._parse</c>.
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

    /// <summary>What comes before the first colon.</summary>
    public string Kind { get; }

    /// <summary>Puts an endpoint into the form that is parsed, leaving out parts without a value.</summary>
    /// <param name="kind">The kind.</param>
    /// <param name="parts">Names and values in order; the name is empty for a part that stands without one.</param>
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

    /// <summary>As much of a text as a message should quote.</summary>
    public static string Short(string text) => text.Length <= LongestQuotation ? text : $"{text.AsSpan(0, LongestQuotation)}…";

    /// <summary>The value of a part that may be missing, by its name or one of the other names it has, or by its position.</summary>
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

    /// <summary>The value of a part that must be there and must not be empty.</summary>
    public string Required(string name, string expected, params ReadOnlySpan<string> otherNames)
    {
        var value = Optional(name, otherNames);
        if (value is null)
        {
            // A misspelt name is a likelier cause than a forgotten one, and makes the better message.
            string[] names = [name, .. otherNames];
            var misspelt = _named.Keys.FirstOrDefault(each => NearestWord.To(each, names) is not null);
            throw misspelt is null
                ? Error($"its {name} is missing", $"Expected {expected}")
                : Error($"'{Kind}' has no parameter '{Short(misspelt)}'", $"Did you mean '{name}'? Expected {expected}");
        }

        return value.Length > 0 ? value : throw Wrong(name, value, expected);
    }

    /// <summary>A whole number that must be there.</summary>
    public int RequiredNumber(string name, int largest)
    {
        var expected = $"a whole number from 0 to {largest}";
        return Number(name, Required(name, expected), 0, largest, expected);
    }

    /// <summary>A whole number, or null if it is missing.</summary>
    public int? OptionalNumber(string name, int smallest, int largest) =>
        Optional(name) is { } value ? Number(name, value, smallest, largest, $"a whole number from {smallest} to {largest}") : null;

    /// <summary>To be called when all parts have been asked for: there must not be any other.</summary>
    public void Finish()
    {
        if (_named.Count > 0)
        {
            var name = _named.Keys.First();
            var meant = NearestWord.To(name, _asked) is { } near ? $"Did you mean '{near}'? " : "";
            throw Error($"'{Kind}' has no parameter '{Short(name)}'", $"{meant}It takes {string.Join(", ", _asked)}");
        }

        if (_unnamed.TryDequeue(out var extra))
            throw Error($"the part '{Short(extra)}' is one too many", $"'{Kind}' takes {string.Join(", ", _asked)}; write '\\:' for a colon inside of a part");
    }

    public FormatException Wrong(string name, string value, string expected) =>
        Error($"its {name} is '{Short(value)}'", $"Expected {expected}");

    public FormatException Error(string reason, string advice) =>
        new($"'{Short(_text)}' is not an endpoint, because {reason}. {advice}.");

    private int Number(string name, string value, int smallest, int largest, string expected) =>
        int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number >= smallest && number <= largest
            ? number
            : throw Wrong(name, value, expected);

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
