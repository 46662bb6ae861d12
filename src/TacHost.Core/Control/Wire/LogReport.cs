namespace TacHost.Control.Wire;

/// <summary>A line of the log, as the method <c>logs</c> sends it.</summary>
/// <param name="Number">The number of the line, counted from the start of the process.</param>
/// <param name="Time">When it was logged.</param>
/// <param name="Level">Its level.</param>
/// <param name="Category">Its category.</param>
/// <param name="Line">The line in the log. Further lines of the same event begin with a tab.</param>
internal sealed record LogReport(long Number, DateTimeOffset Time, string Level, string Category, string Line);

/// <summary>The result of the method <c>level</c>.</summary>
/// <param name="Default">The level of all categories that have no level of their own.</param>
/// <param name="Categories">The levels of categories, and of all below them.</param>
internal sealed record LevelReport(string Default, IReadOnlyDictionary<string, string> Categories)
{
    /// <summary>The word for the level that would hold without a change.</summary>
    public const string Configured = "default";
}
