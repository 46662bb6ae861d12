using System.Text;
using System.Text.RegularExpressions;

namespace TacHost.Tests;

/// <summary>Checks that comments, help, man page and docs use the words of the field.</summary>
public sealed partial class WordsTests
{
    /// <summary>The longest sentence, in words.</summary>
    private const int Longest = 30;

    [Fact]
    public void Comments_OfTheSources_UseTheWordsOfTheField()
    {
        var comments = Comments().ToList();
        var wrong = comments.SelectMany(comment => Faults(comment.Text).Select(fault => $"{comment.Place}: {fault}"));

        Assert.NotEmpty(comments);
        AssertNone(wrong);
    }

    /// <summary>The texts of errors, help and log lines.</summary>
    [Fact]
    public void Texts_OfTheSources_UseTheWordsOfTheField()
    {
        var texts = Texts().ToList();

        Assert.True(texts.Count > 500);
        AssertNone(texts.SelectMany(text => TextFaults(text.Text).Select(fault => $"{text.Place}: {fault}")));
    }

    [Fact]
    public void Pages_OfTheDocumentation_UseTheWordsOfTheField()
    {
        var pages = Pages().ToList();

        Assert.NotEmpty(pages);
        AssertNone(pages.SelectMany(page => Paragraphs(page).SelectMany(paragraph => PlainFaults(paragraph.Text).Select(fault => $"{paragraph.Place}: {fault}"))));
    }

    [Theory]
    [InlineData("<summary>What it was.</summary>")]
    [InlineData("<summary>Whether there is one.</summary>")]
    [InlineData("""<exception cref="ArgumentException">It is wrong.</exception>""")]
    [InlineData("The service goes on.")]
    [InlineData("a b c d e f g h i j k l m n o p q r s t u v w x y z a b c d e.")]
    public void Faults_OfABadComment_AreFound(string comment) => Assert.NotEmpty(Faults(comment));

    [Theory]
    [InlineData("Received SIGUSR1, the log goes on.")]
    [InlineData("because nobody listens on {endPoint}")]
    public void Faults_OfABadText_AreFound(string text) => Assert.NotEmpty(TextFaults(text));

    [Fact]
    public void Faults_OfAGoodComment_AreNone() =>
        Assert.Empty(Faults("""<summary>Starts the service.</summary> <exception cref="ArgumentException">The text is not an address.</exception>"""));

    private static void AssertNone(IEnumerable<string> faults)
    {
        var all = string.Join('\n', faults);
        Assert.True(all.Length == 0, all);
    }

    private static IEnumerable<string> Faults(string comment)
    {
        foreach (Match match in BadBeginning().Matches(comment))
            yield return $"begins with '{match.Groups["word"].Value}'";
        foreach (var fault in PlainFaults(Tag().Replace(comment, " ")))
            yield return fault;
    }

    private static IEnumerable<string> TextFaults(string text) =>
        PersonalWord().Matches(text).Select(match => $"says '{match.Value}'").Concat(PlainFaults(Value().Replace(text, "X")));

    private static IEnumerable<string> PlainFaults(string text)
    {
        foreach (Match match in Phrase().Matches(text))
            yield return $"says '{match.Value}'";
        foreach (var sentence in SentenceEnd().Split(text))
        {
            var words = sentence.Split(' ', StringSplitOptions.RemoveEmptyEntries).Length;
            if (words > Longest)
                yield return $"has a sentence of {words} words: {sentence}";
        }
    }

    /// <summary>Returns each block of consecutive comment lines.</summary>
    private static IEnumerable<(string Place, string Text)> Comments()
    {
        foreach (var file in Directory.EnumerateFiles(Path.Combine(Checkout.Root, "src"), "*.cs", SearchOption.AllDirectories).Where(IsSource))
        {
            StringBuilder block = new();
            var first = 0;
            var number = 0;
            foreach (var line in File.ReadLines(file).Append(""))
            {
                number++;
                var trimmed = line.Trim();
                if (trimmed.StartsWith("//", StringComparison.Ordinal))
                {
                    if (block.Length == 0)
                        first = number;
                    block.Append(trimmed.TrimStart('/')).Append(' ');
                }
                else if (block.Length > 0)
                {
                    yield return ($"{Path.GetRelativePath(Checkout.Root, file)}:{first}", block.ToString());
                    block.Clear();
                }
            }
        }
    }

    /// <summary>Returns the string literals of at least three words. Scripts for shells are in raw literals of several lines, which are left out.</summary>
    private static IEnumerable<(string Place, string Text)> Texts() =>
        from file in Directory.EnumerateFiles(Path.Combine(Checkout.Root, "src"), "*.cs", SearchOption.AllDirectories)
        where IsSource(file)
        from line in File.ReadLines(file).Index()
        where !line.Item.TrimStart().StartsWith("//", StringComparison.Ordinal)
        from Match literal in Literal().Matches(line.Item)
        let text = literal.Groups["text"].Value
        where text.Count(' ') >= 2
        select ($"{Path.GetRelativePath(Checkout.Root, file)}:{line.Index + 1}", text);

    private static IEnumerable<string> Pages() =>
        Directory.EnumerateFiles(Path.Combine(Checkout.Root, "docs"), "*.md", SearchOption.AllDirectories)
            .Concat(["README.md", "CHANGELOG.md", "CONTRIBUTING.md", "ARCHITECTURE.md", "docs/tachost.1"])
            .Select(path => Path.Combine(Checkout.Root, path))
            .Distinct();

    /// <summary>Returns each line, or cell of a table, outside of code blocks and of the man page's list of commands. Code counts as one word.</summary>
    private static IEnumerable<(string Place, string Text)> Paragraphs(string page)
    {
        var isCode = false;
        var number = 0;
        foreach (var line in File.ReadLines(page))
        {
            number++;
            if (line.StartsWith("```", StringComparison.Ordinal))
                isCode = !isCode;
            else if (!isCode && !line.Contains("status | stop", StringComparison.Ordinal))
            {
                foreach (var cell in line.StartsWith('|') ? line.Split('|') : [line])
                    yield return ($"{Path.GetRelativePath(Checkout.Root, page)}:{number}", Code().Replace(Link().Replace(cell, "$1"), "X"));
            }
        }
    }

    private static bool IsSource(string file) =>
        !file.Contains("/obj/", StringComparison.Ordinal) && !file.Contains("/bin/", StringComparison.Ordinal);

    [GeneratedRegex(@"<summary>\s*(?<word>What|Who|Where|How|Whether|When|Which|That)\b|<(?:exception|returns|param|value)(?: [^>]*)?>\s*(?<word>It)\b")]
    private static partial Regex BadBeginning();

    [GeneratedRegex(@"\b(?:whoever|for want of|that is none|of \.NET's|ha(?:s|ve) not to|lets? go|go(?:es)? on|gives? up|gave up|(?:is|are) told|what comes|what has come|because of this:|puts? up with|makes up for)\b")]
    private static partial Regex Phrase();

    [GeneratedRegex(@"\b(?:nobody|[Ss]omebody|[Aa]nybody|[Ee]verybody|heed(?:s|ed)?|anew|vouch(?:es)?)\b")]
    private static partial Regex PersonalWord();

    [GeneratedRegex("\"(?<text>(?:[^\"\\\\]|\\\\.)*)\"")]
    private static partial Regex Literal();

    [GeneratedRegex(@"\{[^{}]*\}")]
    private static partial Regex Value();

    [GeneratedRegex(@"(?<=[.!?:;])\s+")]
    private static partial Regex SentenceEnd();

    [GeneratedRegex("<[^>]+>")]
    private static partial Regex Tag();

    [GeneratedRegex(@"\[([^\]]*)\]\([^)]*\)")]
    private static partial Regex Link();

    [GeneratedRegex("`[^`]*`")]
    private static partial Regex Code();
}
