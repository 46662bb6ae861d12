using Microsoft.CodeAnalysis.Text;

namespace TacHost.Scripting;

/// <summary>Replaces parts of a source text with blanks, so that the rest keeps its lines and columns.</summary>
internal static class BlankedText
{
    /// <param name="text">The text.</param>
    /// <param name="isBlank">Returns true for the position of each character to replace. Line ends are never replaced.</param>
    public static string Of(SourceText text, Func<int, bool> isBlank)
    {
        var characters = text.ToString().ToCharArray();
        for (var i = 0; i < characters.Length; i++)
        {
            if (characters[i] is not ('\n' or '\r') && isBlank(i))
                characters[i] = ' ';
        }

        return new string(characters);
    }

    /// <summary>Replaces all characters in some spans.</summary>
    public static string Of(SourceText text, IReadOnlyList<TextSpan> spans)
    {
        var characters = text.ToString().ToCharArray();
        foreach (var span in spans)
        {
            for (var i = span.Start; i < span.End; i++)
            {
                if (characters[i] is not ('\n' or '\r'))
                    characters[i] = ' ';
            }
        }

        return new string(characters);
    }
}
