using System.Text.RegularExpressions;
using TacHost.EndToEnd.Tests.Running;

namespace TacHost.EndToEnd.Tests.SideBySide;

/// <summary>The table of docs/differences-from-twistd.md: each difference that is meant, and the test class that shows it.</summary>
internal static partial class DifferencesPage
{
    /// <summary>The test classes that show a difference, by its id.</summary>
    public static IReadOnlyDictionary<string, string> Read() =>
        Row().Matches(File.ReadAllText(Path.Combine(Program.Root, "docs", "differences-from-twistd.md")))
            .ToDictionary(row => row.Groups["id"].Value, row => row.Groups["seen"].Value);

    [GeneratedRegex(@"^\| `(?<id>[a-z0-9-]+)` \|.*\| `(?<seen>\w+)` \|$", RegexOptions.Multiline)]
    private static partial Regex Row();
}
