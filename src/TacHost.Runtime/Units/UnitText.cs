using System.Text;

namespace TacHost.Units;

/// <summary>The text of a unit file in the syntax of systemd.syntax(7).</summary>
internal sealed class UnitText
{
    /// <summary>The first line of each unit, by which <c>tachost unit --out</c> recognizes its own files.</summary>
    public const string Mark = "# Made by tachost unit. Put changes into a drop-in (systemctl edit), so that they survive.";

    /// <summary>The same line of files that users edit, without the character that begins a comment.</summary>
    public const string EditableMark = "Made by tachost export, which replaces this file. Delete this line to keep your changes.";

    private const string AnyMark = "# Made by tachost ";

    private readonly StringBuilder _text = new(Mark + "\n");

    public void Section(string name) => _text.Append("\n[").Append(name).Append("]\n");

    public void Add(string name, string value) => _text.Append(name).Append('=').Append(value).Append('\n');

    /// <summary>Adds a line that systemd ignores.</summary>
    public void Comment(string text) => _text.Append("# ").Append(text).Append('\n');

    /// <summary>Returns whether a file was made by tachost. In a script, the mark is the second line.</summary>
    public static bool IsMarked(string path) => File.ReadLines(path).Take(2).Any(line => line.StartsWith(AnyMark, StringComparison.Ordinal));

    /// <inheritdoc/>
    public override string ToString() => _text.ToString();

    /// <summary>Escapes a text in which systemd expands specifiers.</summary>
    public static string Plain(string text) => text.Replace("%", "%%", StringComparison.Ordinal);

    /// <summary>Escapes and quotes a path of a list of paths.</summary>
    public static string Path(string path)
    {
        var escaped = Plain(path);
        return escaped.Any(char.IsWhiteSpace) ? $"\"{escaped.Replace(@"\", @"\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal)}\"" : escaped;
    }

    /// <summary>Escapes and quotes a word of a command line, as in systemd.service(5).</summary>
    public static string Word(string word)
    {
        var escaped = Plain(word.Replace(@"\", @"\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal)).Replace("$", "$$", StringComparison.Ordinal).Replace("\n", @"\n", StringComparison.Ordinal);
        return escaped.Length > 0 && escaped.All(character => char.IsAsciiLetterOrDigit(character) || "/._-=:@%+,".Contains(character, StringComparison.Ordinal)) ? escaped : $"\"{escaped}\"";
    }
}
