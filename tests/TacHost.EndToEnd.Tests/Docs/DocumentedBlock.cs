using System.Text.RegularExpressions;

namespace TacHost.EndToEnd.Tests.Docs;

/// <summary>
/// A fenced block of a page. Tests run <c>```console run</c>, and save <c>```LANGUAGE file=NAME</c>. They compare <c>```LANGUAGE from=NAME</c> with an example. All others begin with <c>```LANGUAGE not run: REASON</c>.
/// </summary>
/// <param name="Line">The number of the line that begins the block.</param>
/// <param name="IsRun">Whether tests run or save the block.</param>
/// <param name="File">The name of the file that the reader saves, or null for commands.</param>
/// <param name="From">The example in <c>deployments/examples</c> that contains the block, or null.</param>
/// <param name="Reason">The reason why tests do not run the block, or null.</param>
/// <param name="Text">The content.</param>
internal sealed partial record DocumentedBlock(int Line, bool IsRun, string? File, string? From, string? Reason, string Text)
{
    private const string Prompt = "$ ", Anything = "…";

    /// <summary>Gets whether the file is a tac file, and not a plugin or a library.</summary>
    public bool IsTac => (File is [.., '.', 'c', 's', 'x'] or [.., '.', 'c', 's']) && Text.Contains("application", StringComparison.Ordinal);

    /// <summary>Returns the blocks of a page.</summary>
    public static IReadOnlyList<DocumentedBlock> Of(string page)
    {
        List<DocumentedBlock> blocks = [];
        foreach (Match match in Fence().Matches(page))
        {
            var info = match.Groups["info"].Value;
            var file = NamedFile().Match(info) is { Success: true } named ? named.Groups["name"].Value : null;
            var from = Excerpt().Match(info) is { Success: true } excerpt ? excerpt.Groups["name"].Value : null;
            var reason = NotRun().Match(info) is { Success: true } excepted ? excepted.Groups["reason"].Value : null;
            blocks.Add(new DocumentedBlock(page.AsSpan(0, match.Index).Count('\n') + 1, file is not null || info == "console run", file, from, reason, match.Groups["text"].Value));
        }

        return blocks;
    }

    /// <summary>Returns a page without its blocks.</summary>
    public static string TextBeside(string page) => Fence().Replace(page, "");

    /// <summary>Returns the commands, each with the output that the page shows for it. A line that ends with a backslash continues.</summary>
    public IEnumerable<(string Command, string Expected)> Commands()
    {
        string? command = null;
        var expected = "";
        foreach (var line in Text.Replace("\\\n", " ", StringComparison.Ordinal).Split('\n')[..^1])
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

    /// <summary>Returns whether an output is what a page shows. An ellipsis stands for any text within a line, and a line of one for any lines. Carriage returns are not seen.</summary>
    public static bool Matches(string expected, string output) =>
        Regex.IsMatch(output.Replace("\r\n", "\n", StringComparison.Ordinal), "^" + Regex.Escape(expected).Replace(Regex.Escape(Anything + "\n"), "(?s:.*)", StringComparison.Ordinal).Replace(Anything, ".*", StringComparison.Ordinal) + "$", RegexOptions.CultureInvariant, Bounded.Patience);

    [GeneratedRegex("""^```(?<info>[^\n`]*)\n(?<text>.*?)^```$""", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex Fence();

    [GeneratedRegex("""^[a-z]+ file=(?<name>\S+)$""")]
    private static partial Regex NamedFile();

    [GeneratedRegex("""^[a-z]+ from=(?<name>\S+)$""")]
    private static partial Regex Excerpt();

    [GeneratedRegex("""^[a-z]+ not run: (?<reason>\S.*)$""")]
    private static partial Regex NotRun();

    [GeneratedRegex("""\s{2,}# .*$""")]
    private static partial Regex Comment();
}
