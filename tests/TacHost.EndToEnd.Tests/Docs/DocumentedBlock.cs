using System.Text.RegularExpressions;

namespace TacHost.EndToEnd.Tests.Docs;

/// <summary>A fenced block of a page. Tests run those that begin with <c>```console run</c> or <c>```LANGUAGE file=NAME</c>.</summary>
/// <param name="Line">The number of the line that begins the block.</param>
/// <param name="IsRun">Whether tests run the block.</param>
/// <param name="File">The name of the file that the reader saves, or null for commands.</param>
/// <param name="Text">The content.</param>
internal sealed partial record DocumentedBlock(int Line, bool IsRun, string? File, string Text)
{
    private const string Prompt = "$ ", Anything = "…";

    /// <summary>Returns the blocks of a page.</summary>
    public static IReadOnlyList<DocumentedBlock> Of(string page)
    {
        List<DocumentedBlock> blocks = [];
        foreach (Match match in Fence().Matches(page))
        {
            var words = match.Groups["info"].Value.Split(' ');
            var file = Array.Find(words, word => word.StartsWith("file=", StringComparison.Ordinal))?["file=".Length..];
            blocks.Add(new DocumentedBlock(page.AsSpan(0, match.Index).Count('\n') + 1, file is not null || words is ["console", "run"], file, match.Groups["text"].Value));
        }

        return blocks;
    }

    /// <summary>Returns the commands, each with the output that the page shows for it.</summary>
    public IEnumerable<(string Command, string Expected)> Commands()
    {
        string? command = null;
        var expected = "";
        foreach (var line in Text.Split('\n')[..^1])
        {
            if (!line.StartsWith(Prompt, StringComparison.Ordinal))
            {
                expected += line + "\n";
                continue;
            }

            if (command is not null)
                yield return (command, expected);
            (command, expected) = (Comment().Replace(line[Prompt.Length..], ""), "");
        }

        yield return (command ?? throw new FormatException($"The block at line {Line} begins with output, not with a command."), expected);
    }

    /// <summary>Returns whether an output is what a page shows. An ellipsis stands for any text within a line, and a line of one for any lines.</summary>
    public static bool Matches(string expected, string output) =>
        Regex.IsMatch(output, "^" + Regex.Escape(expected).Replace(Regex.Escape(Anything + "\n"), "(?s:.*)", StringComparison.Ordinal).Replace(Anything, ".*", StringComparison.Ordinal) + "$", RegexOptions.CultureInvariant, Bounded.Patience);

    [GeneratedRegex("""^```(?<info>[^\n`]*)\n(?<text>.*?)^```$""", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex Fence();

    [GeneratedRegex("""\s{2,}# .*$""")]
    private static partial Regex Comment();
}
