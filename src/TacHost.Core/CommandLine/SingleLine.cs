using System.Globalization;
using System.Text;

namespace TacHost.CommandLine;

/// <summary>Escapes control characters in messages that quote the command line.</summary>
internal static class SingleLine
{
    public static string Escape(string text) => Escape(text, UnsafeText.IsUnsafe);

    /// <summary>Returns a text with the unsafe characters escaped, except line feeds and tabs.</summary>
    public static string EscapeLines(string text) => Escape(text, character => UnsafeText.IsUnsafe(character) && character is not ('\n' or '\t'));

    private static string Escape(string text, Func<char, bool> isEscaped)
    {
        if (!text.Any(isEscaped))
            return text;
        var line = new StringBuilder();
        foreach (var character in text)
        {
            if (isEscaped(character))
                line.Append(CultureInfo.InvariantCulture, $"\\u{(int)character:x4}");
            else
                line.Append(character);
        }

        return line.ToString();
    }
}
