using System.Text;

namespace TacHost;

/// <summary>Formats a source line with a caret below a position, as compilers do.</summary>
internal static class SourceLine
{
    /// <summary>Returns the source line and the caret on separate lines.</summary>
    /// <param name="line">The line.</param>
    /// <param name="column">The position in the line, starting with 0.</param>
    public static string WithCaret(string line, int column)
    {
        StringBuilder text = new($"\n    {line}\n    ");

        // Tabs are preserved, so that the caret is aligned.
        foreach (var character in line.AsSpan(0, Math.Clamp(column, 0, line.Length)))
            text.Append(character == '\t' ? '\t' : ' ');
        return text.Append('^').ToString();
    }

    /// <summary>Returns a path relative to the working directory if the file is below it.</summary>
    public static string Shortened(string path)
    {
        var relative = Path.GetRelativePath(Environment.CurrentDirectory, path);
        return relative.StartsWith("..", StringComparison.Ordinal) ? path : relative;
    }
}
