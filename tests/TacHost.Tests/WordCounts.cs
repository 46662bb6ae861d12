using System.Text.RegularExpressions;

namespace TacHost.Tests;

/// <summary>Figures about the language of the comments below a directory. Those of another code base are printed with <c>TACHOST_WORDS=DIR</c>.</summary>
/// <param name="Sentences">The sentences of at least four words.</param>
/// <param name="ClauseSentences">Those that begin with What, Who, Where, How or Whether.</param>
/// <param name="Summaries">The summaries.</param>
/// <param name="ClauseSummaries">Those that begin with such a word, or with When, Which or That.</param>
/// <param name="VerbSummaries">Those that begin with Gets, Initializes or Returns.</param>
/// <param name="ItTexts">The texts of exceptions, results, parameters and values that begin with It.</param>
/// <param name="Phrases">The phrases and personal words of the lists in <see cref="WordsTests"/>.</param>
/// <param name="LongSentences">The sentences of more than 30 words.</param>
/// <param name="CommentLines">The lines that contain only a comment.</param>
/// <param name="CodeLines">The lines of code, without blank lines.</param>
internal sealed partial record WordCounts(int Sentences, int ClauseSentences, int Summaries, int ClauseSummaries, int VerbSummaries, int ItTexts, int Phrases, int LongSentences, int CommentLines, int CodeLines)
{
    private const int Short = 4, Long = 30;

    public static WordCounts In(string root)
    {
        var lines = SourceComments.Files(root).SelectMany(File.ReadLines).Select(line => line.Trim()).Where(line => line.Length > 0).ToList();
        var comments = lines.Count(line => line.StartsWith("//", StringComparison.Ordinal));
        WordCounts counts = new(0, 0, 0, 0, 0, 0, 0, 0, comments, lines.Count - comments);
        foreach (var (_, comment) in SourceComments.In(root))
        {
            var plain = WordsTests.Plain(comment);
            var sentences = WordsTests.SentenceEnd().Split(plain).Select(sentence => sentence.Split(' ', StringSplitOptions.RemoveEmptyEntries)).ToList();
            var beginnings = WordsTests.BadBeginning().Matches(comment);
            counts = new(
                counts.Sentences + sentences.Count(words => words.Length >= Short),
                counts.ClauseSentences + sentences.Count(words => words.Length >= Short && words[0] is "What" or "Who" or "Where" or "How" or "Whether"),
                counts.Summaries + Summary().Count(comment),
                counts.ClauseSummaries + beginnings.Count(match => match.Groups["word"].Value != "It"),
                counts.VerbSummaries + VerbSummary().Count(comment),
                counts.ItTexts + beginnings.Count(match => match.Groups["word"].Value == "It"),
                counts.Phrases + WordsTests.Phrase().Count(plain) + WordsTests.PersonalWord().Count(plain),
                counts.LongSentences + sentences.Count(words => words.Length > Long),
                counts.CommentLines,
                counts.CodeLines);
        }

        return counts;
    }

    [GeneratedRegex("<summary>")]
    private static partial Regex Summary();

    [GeneratedRegex(@"<summary>\s*(?:Gets|Initializes|Returns)\b")]
    private static partial Regex VerbSummary();
}
