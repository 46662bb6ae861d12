using System.Globalization;
using System.Text;
using System.Text.Json;

namespace TacHost.Units;

/// <summary>A YAML text of nested mappings and lists. Texts are quoted as in JSON, which every YAML parser reads, or written as blocks.</summary>
internal sealed class YamlText
{
    private static readonly JsonSerializerOptions _asIs = new() { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private readonly StringBuilder _text = new();
    private int _depth;
    private bool _beginsItem;

    public void Document() => _text.Append(_text.Length == 0 ? "" : "---\n");

    public void Comment(string text) => _text.Append("# ").Append(text.ReplaceLineEndings(" ")).Append('\n');

    public void Add(string name, int value) => Line($"{name}: {value.ToString(CultureInfo.InvariantCulture)}");

    public void Add(string name, bool value) => Line($"{name}: {(value ? "true" : "false")}");

    public void Add(string name, string value) => Line($"{name}: {Text(value)}");

    public void Add(string name, IEnumerable<string> values)
    {
        Line(name + ":");
        foreach (var value in values)
            Line($"- {Text(value)}");
    }

    /// <summary>Adds a text of lines, as a block if that preserves it.</summary>
    public void AddLines(string name, string value)
    {
        if (!IsBlock(value))
        {
            Add(name, value);
            return;
        }

        Line(name + ": |");
        foreach (var line in value[..^1].Split('\n'))
            _text.Append(line.Length == 0 ? "" : new string(' ', (_depth + 1) * 2)).Append(line).Append('\n');
    }

    /// <summary>Adds a mapping below a name.</summary>
    public void Map(string name, Action content) => Nest(name + ":", content);

    /// <summary>Adds a list of mappings below a name.</summary>
    public void List<T>(string name, IEnumerable<T> items, Action<T> content)
    {
        Line(name + ":");
        foreach (var item in items)
        {
            _depth++;
            _beginsItem = true;
            content(item);
            _depth--;
        }
    }

    /// <inheritdoc/>
    public override string ToString() => _text.ToString();

    private void Nest(string line, Action content)
    {
        Line(line);
        _depth++;
        content();
        _depth--;
    }

    private void Line(string line)
    {
        _text.Append(' ', (_beginsItem ? _depth - 1 : _depth) * 2).Append(_beginsItem ? "- " : "").Append(line).Append('\n');
        _beginsItem = false;
    }

    private static bool IsBlock(string value) =>
        value.EndsWith('\n') && !value.EndsWith("\n\n", StringComparison.Ordinal) && value[0] is not (' ' or '\t' or '\n') && value.All(character => character == '\n' || (!char.IsControl(character) && character is not ('\uFEFF' or '\u2028' or '\u2029' or '\u0085') && !char.IsSurrogate(character)));

    /// <summary>Leaves out the quotes only where no parser could read something else.</summary>
    private static string Text(string value) =>
        value.Length > 0 && value is not ("true" or "false" or "null" or "yes" or "no" or "on" or "off" or "y" or "n") && char.IsAsciiLetter(value[0]) && value.All(character => char.IsAsciiLetterOrDigit(character) || character is '-' or '/' or '.' or '_')
            ? value
            : JsonSerializer.Serialize(value, _asIs);
}
