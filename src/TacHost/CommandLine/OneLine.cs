using System.Globalization;
using System.Text;

namespace TacHost.CommandLine;

/// <summary>Keeps a message that quotes the command line on one line, and control characters off the terminal.</summary>
internal static class OneLine
{
    public static string Of(string text)
    {
        if (!text.Any(char.IsControl))
            return text;
        var line = new StringBuilder();
        foreach (var character in text)
        {
            if (char.IsControl(character))
                line.Append(CultureInfo.InvariantCulture, $"\\u{(int)character:x4}");
            else
                line.Append(character);
        }

        return line.ToString();
    }
}
