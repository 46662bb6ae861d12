using System.Globalization;
using System.Text;

namespace TacHost.Units;

/// <summary>A text of nested blocks in HCL, the language of Nomad's job files.</summary>
internal sealed class HclText
{
    private readonly StringBuilder _text = new();
    private int _depth;

    public void Comment(string text) => Line($"# {text}");

    public void Add(string name, int value) => Line($"{name} = {value.ToString(CultureInfo.InvariantCulture)}");

    public void Add(string name, bool value) => Line($"{name} = {(value ? "true" : "false")}");

    public void Add(string name, string value) => Line($"{name} = {Quote(value)}");

    /// <summary>Adds a list of expressions, one a line.</summary>
    public void AddList(string name, IEnumerable<string> expressions)
    {
        Line($"{name} = [");
        _depth++;
        foreach (var expression in expressions)
            Line($"{expression},");
        _depth--;
        Line("]");
    }

    /// <summary>Adds a block.</summary>
    /// <param name="type">The type.</param>
    /// <param name="label">The label, or null.</param>
    /// <param name="content">Adds the content.</param>
    public void Block(string type, string? label, Action content)
    {
        Line(label is null ? $"{type} {{" : $"{type} {Quote(label)} {{");
        _depth++;
        content();
        _depth--;
        Line("}");
    }

    /// <inheritdoc/>
    public override string ToString() => _text.ToString();

    /// <summary>Returns the expression of a text. The signs of an interpolation (<c>${</c>) and of a directive (<c>%{</c>) in HCL are escaped.</summary>
    public static string Quote(string text)
    {
        StringBuilder quoted = new("\"");
        for (var at = 0; at < text.Length; at++)
        {
            quoted.Append(text[at] switch
            {
                '"' => "\\\"",
                '\\' => @"\\",
                '\n' => @"\n",
                '$' or '%' when at + 1 < text.Length && text[at + 1] == '{' => new string(text[at], 2),
                var control when char.IsControl(control) => $@"\u{(int)control:x4}",
                var other => other.ToString(),
            });
        }

        return quoted.Append('"').ToString();
    }

    private void Line(string line) => _text.Append(' ', _depth * 2).Append(line).Append('\n');
}
