namespace TacHost;

/// <summary>Finds a suggestion for a mistyped word.</summary>
internal static class DidYouMean
{
    /// <summary>Returns the candidate with the smallest edit distance to the word, or null if no candidate is similar.</summary>
    public static string? To(string word, IEnumerable<string> candidates) =>
        candidates
            .Select(candidate => (candidate, distance: candidate.StartsWith(word, StringComparison.Ordinal) ? 1 : Distance(word, candidate)))
            .Where(each => each.distance <= Math.Max(2, each.candidate.Length / 3))
            .OrderBy(each => each.distance)
            .Select(each => each.candidate)
            .FirstOrDefault();

    private static int Distance(string left, string right)
    {
        var row = Enumerable.Range(0, right.Length + 1).ToArray();
        for (var i = 1; i <= left.Length; i++)
        {
            var diagonal = row[0];
            row[0] = i;
            for (var j = 1; j <= right.Length; j++)
            {
                var above = row[j];
                row[j] = Math.Min(Math.Min(above, row[j - 1]) + 1, diagonal + (left[i - 1] == right[j - 1] ? 0 : 1));
                diagonal = above;
            }
        }

        return row[^1];
    }
}
