namespace TacHost.Scripting;

/// <summary>An <c>#r</c>, <c>#load</c> or <c>#i</c>.</summary>
/// <param name="Keyword">Which of the three.</param>
/// <param name="Name">What stands between the quotes.</param>
/// <param name="At">Where it begins in the text.</param>
internal sealed record Directive(string Keyword, string Name, int At);

/// <summary>Finds every <c>#r</c>, <c>#load</c> and <c>#i</c> in a source text, and what stands between their quotes.</summary>
/// <remarks>By hand: a regular expression, also a generated one, cost 6 ms of every start.</remarks>
internal static class DirectiveScan
{
    public const string Load = "load", Reference = "r", Source = "i";
    private const char ByteOrderMark = '\uFEFF';

    /// <summary>In the order in which they stand. Each may be one that the compiler skips.</summary>
    public static IReadOnlyList<Directive> Of(string text)
    {
        List<Directive> directives = [];
        for (var at = text.IndexOf('#', StringComparison.Ordinal); at >= 0; at = text.IndexOf('#', at + 1))
        {
            if (!BeginsLine(text, at))
                continue;
            var rest = text.AsSpan(at + 1).TrimStart();
            var keyword = rest.StartsWith(Load, StringComparison.Ordinal) ? Load : rest.StartsWith(Reference, StringComparison.Ordinal) ? Reference : rest.StartsWith(Source, StringComparison.Ordinal) ? Source : null;
            if (keyword is not null && rest[keyword.Length..].TrimStart() is ['"', .. var quoted] && quoted.IndexOfAny('"', '\r', '\n') is >= 0 and var end && quoted[end] == '"')
                directives.Add(new Directive(keyword, quoted[..end].ToString(), at));
        }

        return directives;
    }

    private static bool BeginsLine(string text, int at)
    {
        for (var before = at - 1; before >= 0; before--)
        {
            if (text[before] is '\n' or '\r' or '\u0085' or '\u2028' or '\u2029')
                return true;
            if (!char.IsWhiteSpace(text[before]) && text[before] != ByteOrderMark)
                return false;
        }

        return true;
    }
}
