using System.Text.RegularExpressions;

namespace TacHost.Tests;

/// <summary>The rule for summaries of public members: a property begins with Gets or Sets, a constructor with Initializes.</summary>
/// <remarks>The rule reads the source text: types begin in the first column, and their members after four blanks.</remarks>
internal static partial class MemberSummaries
{
    /// <summary>Returns the members of the public types of a source file whose summaries break the rule.</summary>
    public static IEnumerable<(int Line, string Fault)> Faults(IEnumerable<string> lines)
    {
        Match? type = null;
        var documentation = "";
        foreach (var (index, line) in lines.Index())
        {
            if (TypeLine().Match(line) is { Success: true } found)
                type = found.Groups["access"].Value == "public" ? found : null;
            if (line.StartsWith("    ///", StringComparison.Ordinal))
            {
                documentation += line[7..];
                continue;
            }

            if (line.StartsWith("    [", StringComparison.Ordinal))
                continue;
            if (type is not null && Summary().Match(documentation) is { Success: true } summary && Expected(type, line) is { } verbs && !verbs.Contains(summary.Groups["word"].Value))
                yield return (index + 1, $"begins with '{summary.Groups["word"].Value}' instead of '{verbs[0]}'");
            documentation = "";
        }
    }

    private static string[]? Expected(Match type, string line)
    {
        var isInterface = type.Groups["kind"].Value == "interface";
        if (MemberName().Match(line) is not { Success: true } member || (!member.Groups["access"].Success && !isInterface))
            return null;
        return member.Groups["next"].Value == "("
            ? member.Groups["name"].Value == type.Groups["name"].Value ? ["Initializes"] : null
            : ["Gets", "Sets"];
    }

    [GeneratedRegex(@"^(?:(?<access>public|internal|file) )?(?:(?:static|sealed|abstract|partial|readonly|ref) )*(?<kind>class|record struct|record|struct|interface|enum|delegate) (?<name>\w+)")]
    private static partial Regex TypeLine();

    /// <summary>The declaration of a property, a method or a constructor, up to its accessors, body or parameters.</summary>
    [GeneratedRegex(@"^    (?:(?<access>public|protected) )?(?!.*\b(?:class|record|struct|enum|interface|delegate|event|const|readonly|operator)\b)(?=[A-Za-z])[^(={;]*?(?<name>\w+)(?:\[[^\]]*\])? ?(?<next>\(|\{ (?:get|set|init)|=>|$)")]
    private static partial Regex MemberName();

    [GeneratedRegex(@"<summary>\s*(?<word>\w+|<\w+)")]
    private static partial Regex Summary();
}
