using System.Text;

namespace TacHost;

/// <summary>One line of a source file with a caret under a place in it, as compilers show it.</summary>
internal static class SourceLine
{
    /// <summary>Returns the line and the caret, each on a line of its own.</summary>
    /// <param name="line">The line.</param>
    /// <param name="column">The place in it, from 0.</param>
    public static string WithCaret(string line, int column)
    {
        StringBuilder text = new($"\n    {line}\n    ");

        // Tabs stay tabs, so that the caret is below the place.
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
