namespace TacHost.Fleet;

/// <summary>A deployment that the directory of a fleet asks for.</summary>
/// <param name="Name">The name, which is that of the file without its extension.</param>
/// <param name="Path">The absolute path of the tac file.</param>
internal sealed record FleetEntry(string Name, string Path)
{
    /// <summary>Gets the part of the name after <c>@</c>, or null.</summary>
    public string? Instance => Name.IndexOf('@', StringComparison.Ordinal) is >= 0 and var at ? Name[(at + 1)..] : null;

    /// <summary>Gets whether a file NAME.off beside the tac file turns the deployment off.</summary>
    public bool IsOff { get; init; }

    /// <summary>Gets the reason why the file cannot be a deployment, or null.</summary>
    public string? Problem { get; init; }
}
