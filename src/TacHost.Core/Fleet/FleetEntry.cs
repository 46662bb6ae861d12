namespace TacHost.Fleet;

/// <summary>A deployment in the directory of a fleet.</summary>
/// <param name="Name">The name, which is that of the file without its extension.</param>
/// <param name="Path">The absolute path of the tac file, or of the directory of a group.</param>
internal sealed record FleetEntry(string Name, string Path)
{
    /// <summary>Gets the part of the name after <c>@</c>, or null.</summary>
    public string? Instance => Name.IndexOf('@', StringComparison.Ordinal) is >= 0 and var at ? Name[(at + 1)..] : null;

    /// <summary>Gets the tac files of a group with those that are off, in one text that is equal for equal groups; or null for a tac file.</summary>
    public string? Members { get; init; }

    /// <summary>Gets whether the entry is a directory, whose tac files run in one process.</summary>
    public bool IsGroup => Members is not null;

    /// <summary>Gets whether a file NAME.off beside the tac file turns the deployment off.</summary>
    public bool IsOff { get; init; }

    /// <summary>Gets the reason why the file cannot be a deployment, or null.</summary>
    public string? Problem { get; init; }
}
