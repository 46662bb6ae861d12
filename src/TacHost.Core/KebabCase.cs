using System.Text;

namespace TacHost;

/// <summary>Converts names from code to the style of the command line: <c>ReadOnly</c> becomes <c>read-only</c>.</summary>
internal static class KebabCase
{
    public static string Of(string name)
    {
        StringBuilder text = new();
        for (var i = 0; i < name.Length; i++)
        {
            var startsWord = char.IsUpper(name[i]) && i > 0 && (!char.IsUpper(name[i - 1]) || (i + 1 < name.Length && char.IsLower(name[i + 1])));
            if (startsWord && text[^1] != '-')
                text.Append('-');
            text.Append(name[i] == '_' ? '-' : char.ToLowerInvariant(name[i]));
        }

        return text.ToString();
    }
}
