namespace TacHost.Packages;

/// <summary>The options of a package restore.</summary>
internal sealed record PackageOptions
{
    /// <summary>Gets whether the lock file must match without changes.</summary>
    public bool Locked { get; init; }

    /// <summary>Gets whether the lock file is recreated.</summary>
    public bool Renew { get; init; }

    /// <summary>Gets the folder to extract packages to, or null for the user's global folder.</summary>
    public string? Folder { get; init; }

    public TimeSpan TimeLimit { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>Gets a callback that receives a line for the terminal before a slow operation.</summary>
    public Action<string> Progress { get; init; } = _ => { };
}
