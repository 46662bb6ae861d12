using System.Globalization;
using System.Text;

namespace TacHost.CommandLine;

/// <summary>Keeps a message that quotes the command line on one line, and control characters off the terminal.</summary>
internal static class OneLine
{
    /// <summary>The text with all of its unsafe characters escaped.</summary>
    public static string Of(string text) => Escape(text, UnsafeText.IsUnsafe);

    /// <summary>The text with those escaped that could steer a terminal; lines and tabs stay.</summary>
    public static string Printable(string text) => Escape(text, character => UnsafeText.IsUnsafe(character) && character is not ('\n' or '\t'));

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
