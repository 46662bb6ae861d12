using System.Text.RegularExpressions;

namespace TacHost.Tests;

/// <summary>Checks that comments, help, man page and docs use the words of the field.</summary>
public sealed partial class WordsTests
{
    /// <summary>The longest sentence, in words.</summary>
    private const int Longest = 30;

    private static string Sources { get; } = Path.Combine(Checkout.Root, "src");

    [Fact]
    public void Comments_OfTheSources_UseTheWordsOfTheField()
    {
        var comments = SourceComments.In(Sources).Concat(SourceComments.In(Path.Combine(Checkout.Root, "deployments"))).ToList();
        var wrong = comments.SelectMany(comment => Faults(comment.Text).Select(fault => $"{comment.Place}: {fault}"));

        Assert.NotEmpty(comments);
        AssertNone(wrong);
    }

    /// <summary>
    /// Serilog (60935b4d) has 2 such sentences of 2,529, 7 such summaries of 567, 115 long sentences, and 5,471 lines of comments, licences included, for 7,020 of code.
    /// The sources had 604 of 4,183, 436 of 2,132, 86 texts with It, and 119 phrases (7bbd94d). They have 8,240 lines of comments for 47,319 of code.
    /// </summary>
    [Fact]
    public void Counts_OfTheSources_AreAtTheLevelOfSerilog()
    {
        var other = Environment.GetEnvironmentVariable("TACHOST_WORDS");

        var counts = WordCounts.In(other ?? Sources);

        TestContext.Current.TestOutputHelper?.WriteLine(counts.ToString());
        if (other is not null)
            return;
        Assert.InRange(counts.ClauseSentences, 0, counts.Sentences / 1000);
        Assert.InRange(counts.CommentLines, 0, counts.CodeLines / 5);
        Assert.Equal((0, 0, 0, 0), (counts.ClauseSummaries, counts.ItTexts, counts.Phrases, counts.LongSentences));
    }

    [Fact]
    public void Summaries_OfPublicMembers_BeginAsInTheBcl()
    {
        var wrong = SourceComments.Files(Sources).SelectMany(file =>
            MemberSummaries.Faults(File.ReadLines(file)).Select(fault => $"{Path.GetRelativePath(Checkout.Root, file)}:{fault.Line}: {fault.Fault}"));

        AssertNone(wrong);
    }

    /// <summary>The texts of errors, help, log lines and replies of servers.</summary>
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
        AssertNone(pages.SelectMany(page => Paragraphs(page).SelectMany(paragraph => PageFaults(paragraph.Text).Select(fault => $"{paragraph.Place}: {fault}"))));
    }

    [Theory]
    [InlineData("<summary>What it was.</summary>")]
    [InlineData("<summary>Whether there is one.</summary>")]
    [InlineData("""<exception cref="ArgumentException">It is wrong.</exception>""")]
    [InlineData("The service goes on.")]
    [InlineData("a b c d e f g h i j k l m n o p q r s t u v w x y z a b c d e.")]
    [InlineData("a b c d e f g h i j k l m n o p q; r s t u v w x y z: a b c d e.")]
    [InlineData("Whoever waits is woken.")]
    [InlineData("For want of a port, the start fails.")]
    [InlineData("A port on which nobody listens.")]
    public void Faults_OfABadComment_AreFound(string comment) => Assert.NotEmpty(Faults(comment));

    [Theory]
    [InlineData("Received SIGUSR1, the log goes on.")]
    [InlineData("because nobody listens on {endPoint}")]
    [InlineData("of this: {e.Message}")]
    [InlineData("Begin anew.")]
    [InlineData("Noted.")]
    [InlineData("Here it is:")]
    [InlineData("Say USER first.")]
    [InlineData("That is where data will go.")]
    public void Faults_OfABadText_AreFound(string text) => Assert.NotEmpty(TextFaults(text));

    [Theory]
    [InlineData("What is measured goes there.")]
    [InlineData("- First. Where others can write, it writes nothing.")]
    [InlineData("The address stays until somebody removes it.")]
    public void Faults_OfABadPage_AreFound(string paragraph) => Assert.NotEmpty(PageFaults(paragraph));

    [Theory]
    [InlineData("public string File { get; }", "The file.")]
    [InlineData("public override int Count => 1;", "The number.")]
    [InlineData("protected internal int Count", "The number.")]
    [InlineData("public int this[string name]", "A number.")]
    [InlineData("public Poem(string file)", "Describes a poem.")]
    public void Faults_OfABadMemberSummary_AreFound(string member, string summary) =>
        Assert.Equal(4, Assert.Single(MemberSummaries.Faults(Type("public sealed class Poem", member, summary))).Line);

    [Theory]
    [InlineData("public sealed class Poem", "public string File { get; }", "Gets the file.")]
    [InlineData("public sealed class Poem", "public Poem(string file)", "Initializes a poem.")]
    [InlineData("public sealed class Poem", "public string Read(string file)", "Reads a file.")]
    [InlineData("public sealed class Poem", "private string File { get; }", "The file.")]
    [InlineData("public sealed class Poem", "public const int Port = 1;", "The port.")]
    [InlineData("internal sealed class Poem", "public string File { get; }", "The file.")]
    public void Faults_OfAGoodMemberSummary_AreNone(string type, string member, string summary) =>
        Assert.Empty(MemberSummaries.Faults(Type(type, member, summary)));

    [Fact]
    public void Faults_OfAPropertyOfAPublicInterface_AreFound() =>
        Assert.Single(MemberSummaries.Faults(Type("public interface IPoem", "string File { get; }", "The file.")));

    [Theory]
    [InlineData("Noted.", true)]
    [InlineData("Begin anew.", true)]
    [InlineData("nobody", false)]
    [InlineData("application/json", false)]
    public void IsText_OfALiteral_IsTrueForAPhraseOrASentence(string literal, bool expected) => Assert.Equal(expected, IsText(literal));

    [Fact]
    public void Paragraphs_OfAWrappedSentence_JoinItsLines()
    {
        using TemporaryDirectory directory = new();
        var page = directory["page.md"];
        File.WriteAllText(page, "a b c d e f g h i j k l m n o p\nq r s t u v w x y z a b c d e f.\n\n    code\n- item\n");

        var paragraphs = Paragraphs(page).Select(paragraph => paragraph.Text).ToList();

        Assert.Equal(["a b c d e f g h i j k l m n o p q r s t u v w x y z a b c d e f.", "- item"], paragraphs);
        Assert.NotEmpty(PageFaults(paragraphs[0]));
    }

    [Fact]
    public void Faults_OfAGoodComment_AreNone() =>
        Assert.Empty(Faults("""<summary>Starts the service.</summary> <exception cref="ArgumentException">The text is not an address.</exception>"""));

    private static string[] Type(string type, string member, string summary) => [type, "{", $"    /// <summary>{summary}</summary>", $"    {member}", "}"];

    private static void AssertNone(IEnumerable<string> faults)
    {
        var all = string.Join('\n', faults);
        Assert.True(all.Length == 0, all);
    }

    private static IEnumerable<string> Faults(string comment)
    {
        foreach (Match match in BadBeginning().Matches(comment))
            yield return $"begins with '{match.Groups["word"].Value}'";
        foreach (var fault in PlainFaults(Plain(comment)))
            yield return fault;
    }

    /// <summary>Returns a comment without its tags, examples of code and tables of states.</summary>
    internal static string Plain(string comment) => Tag().Replace(Example().Replace(comment, " "), " ");

    private static IEnumerable<string> TextFaults(string text) =>
        ReplyWord().Matches(text).Select(match => $"says '{match.Value}'").Concat(PlainFaults(Value().Replace(text, "X"), hasLists: true));

    private static IEnumerable<string> PlainFaults(string text, bool hasLists = false)
    {
        foreach (var match in Phrase().Matches(text).Concat(PersonalWord().Matches(text)))
            yield return $"says '{match.Value}'";
        foreach (var sentence in (hasLists ? StatementEnd() : SentenceEnd()).Split(text))
        {
            var words = sentence.Split(' ', StringSplitOptions.RemoveEmptyEntries).Length;
            if (words > Longest)
                yield return $"has a sentence of {words} words: {sentence}";
        }
    }

    /// <summary>Returns true if a literal is a text for people: more than one word, or a word with a full stop.</summary>
    private static bool IsText(string literal) => literal.Contains(' ') || OneWord().IsMatch(literal);

    /// <summary>Returns the string literals that are texts. Scripts for shells are in raw literals of several lines, which are left out.</summary>
    private static IEnumerable<(string Place, string Text)> Texts() =>
        from file in SourceComments.Files(Sources)
        from line in File.ReadLines(file).Index()
        where !line.Item.TrimStart().StartsWith("//", StringComparison.Ordinal)
        from Match literal in Literal().Matches(line.Item)
        let text = literal.Groups["text"].Value
        where IsText(text)
        select ($"{Path.GetRelativePath(Checkout.Root, file)}:{line.Index + 1}", text);

    private static IEnumerable<string> Pages() =>
        new[] { "docs", "src", "packaging" }.SelectMany(folder => Directory.EnumerateFiles(Path.Combine(Checkout.Root, folder), "*.md", SearchOption.AllDirectories))
            .Concat(new[] { "README.md", "CHANGELOG.md", "CONTRIBUTING.md", "ARCHITECTURE.md", "bench/README.md", "docs/tachost.1" }.Select(path => Path.Combine(Checkout.Root, path)));

    /// <summary>Returns each paragraph, item, cell of a table or line of the man page, outside of code blocks and of the man page's list of commands. Code counts as one word.</summary>
    private static IEnumerable<(string Place, string Text)> Paragraphs(string page)
    {
        var isCode = false;
        var number = 0;
        var first = 0;
        List<string> lines = [];
        foreach (var line in File.ReadLines(page).Append(""))
        {
            number++;
            var isFence = line.StartsWith("```", StringComparison.Ordinal);
            if (lines.Count > 0 && (isFence || page.EndsWith(".1", StringComparison.Ordinal) || ParagraphStart().IsMatch(line)))
            {
                yield return ($"{Path.GetRelativePath(Checkout.Root, page)}:{first}", Plain(string.Join(' ', lines)));
                lines.Clear();
            }

            isCode ^= isFence;
            if (isCode || isFence || string.IsNullOrWhiteSpace(line) || CodeLine().IsMatch(line))
                continue;
            if (lines.Count == 0)
                first = number;
            if (!line.StartsWith('|'))
                lines.Add(line);
            foreach (var cell in line.StartsWith('|') ? line.Split('|') : [])
                yield return ($"{Path.GetRelativePath(Checkout.Root, page)}:{number}", Plain(cell));
        }

        static string Plain(string text) => Code().Replace(Link().Replace(text, "$1"), "X");
    }

    private static IEnumerable<string> PageFaults(string paragraph) =>
        ClauseSentence().Matches(paragraph).Select(match => $"has a sentence that begins with '{match.Groups["word"].Value}'").Concat(PlainFaults(paragraph, hasLists: true));

    [GeneratedRegex(@"<summary>\s*(?<word>What|Who|Where|How|Whether|When|Which|That)\b|<(?:exception|returns|param|value)(?: [^>]*)?>\s*(?<word>It)\b")]
    internal static partial Regex BadBeginning();

    [GeneratedRegex(@"\b(?:whoever|for want of|that is none|of \.NET's|ha(?:s|ve) not to|lets? go|go(?:es)? on|gives? up|gave up|(?:is|are) told|what comes|what has come|of this(?=:)|puts? up with|makes up for)\b", RegexOptions.IgnoreCase)]
    internal static partial Regex Phrase();

    [GeneratedRegex(@"\b(?:nobody|somebody|anybody|everybody|heed(?:s|ed)?|anew|vouch(?:es)?)\b", RegexOptions.IgnoreCase)]
    internal static partial Regex PersonalWord();

    /// <summary>Words of a reply that are not those of the protocols.</summary>
    [GeneratedRegex(@"\b[Ss]ay [A-Z]{3,}|\bHere it (?:comes|is)\b|^Noted\.|\bThat is where\b|\bFrom now on\b|\bis spoken\b|\bis known here\b|\bare known here\b|\bin the clear\b|\bwill do\b")]
    private static partial Regex ReplyWord();

    [GeneratedRegex(@"^[A-Z][a-z]+[.!]$")]
    private static partial Regex OneWord();

    [GeneratedRegex("<code>.*?</code>|<list type=\"table\">.*?</list>", RegexOptions.Singleline)]
    private static partial Regex Example();

    [GeneratedRegex("\"(?<text>(?:[^\"\\\\]|\\\\.)*)\"")]
    private static partial Regex Literal();

    [GeneratedRegex(@"\{[^{}]*\}")]
    private static partial Regex Value();

    [GeneratedRegex(@"(?<=[.!?])\s+")]
    internal static partial Regex SentenceEnd();

    /// <summary>The end of a statement of a page or text, in which a sentence may contain a list after a colon.</summary>
    [GeneratedRegex(@"(?<=[.!?:;])(?:\s|\\n)+")]
    private static partial Regex StatementEnd();

    [GeneratedRegex("<[^>]+>")]
    internal static partial Regex Tag();

    /// <summary>A sentence of a page that begins with a clause, except headings and questions.</summary>
    [GeneratedRegex(@"(?:^(?:[-*>]|\d+\.)? *|[.!:;] +)(?<word>What|Who|Where|How|Whether)\b[^?]*?[.!:;]")]
    private static partial Regex ClauseSentence();

    [GeneratedRegex(@"^\s*$|^\s*(?:[-*#>|]|\d+\.)|^    ")]
    private static partial Regex ParagraphStart();

    /// <summary>An indented line of code, or the synopsis of the man page.</summary>
    [GeneratedRegex(@"^    (?! *(?:[-*]|\d+\.) )|status \| stop")]
    private static partial Regex CodeLine();

    [GeneratedRegex(@"\[([^\]]*)\]\([^)]*\)")]
    private static partial Regex Link();

    [GeneratedRegex("`[^`]*`")]
    private static partial Regex Code();
}
