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

    /// <summary>Returns the exception for a mistake in a line of a source file.</summary>
    /// <param name="file">The absolute path.</param>
    /// <param name="line">The line, beginning with 1.</param>
    /// <param name="mistake">The mistake and its remedy.</param>
    /// <param name="exitCode">The exit code.</param>
    /// <param name="cause">The cause, or null.</param>
    public static TacHostException Refusal(string file, int line, string mistake, int exitCode = ExitCode.BadTac, Exception? cause = null)
    {
        var finding = Finding.Of(new TacHostException(exitCode, mistake)) with { File = Shortened(file), Line = line };
        return new TacHostException(exitCode, finding.ToString(), cause) { Findings = [finding] };
    }

    /// <summary>Returns the line of a position, beginning with 1.</summary>
    public static int NumberAt(string text, int position) => text.AsSpan(0, position).Count('\n') + 1;

    /// <summary>Returns a path relative to the working directory if the file is below it.</summary>
    public static string Shortened(string path)
    {
        var relative = Path.GetRelativePath(Environment.CurrentDirectory, path);
        return relative.StartsWith("..", StringComparison.Ordinal) ? path : relative;
    }
}
