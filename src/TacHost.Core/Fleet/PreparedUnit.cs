namespace TacHost.Fleet;

/// <summary>A tac file of a fleet as the command has prepared it.</summary>
/// <param name="Prepared">The compiled tac file, or the error.</param>
/// <param name="Hash">The hash of all inputs of the compiled form; empty after a failure.</param>
/// <param name="Files">The absolute paths of the files that were read for it.</param>
internal sealed record PreparedUnit(PreparedApplication Prepared, string Hash, IReadOnlyList<string> Files)
{
    /// <summary>Gets the tac files of a group, by name.</summary>
    public IReadOnlyList<(string Name, PreparedUnit Prepared)> Members { get; init; } = [];

    /// <summary>Gets the hash of the content without the paths, which is the same on all machines; empty after a failure.</summary>
    public string Content { get; init; } = "";

    public PreparedApplication.Failure? Failure => Prepared as PreparedApplication.Failure;
}
