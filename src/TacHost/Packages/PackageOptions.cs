namespace TacHost.Packages;

/// <summary>How packages are restored.</summary>
internal sealed record PackageOptions
{
    /// <summary>Gets whether the lock file must fit as it is.</summary>
    public bool Locked { get; init; }

    /// <summary>Gets whether the lock file is made anew.</summary>
    public bool Renew { get; init; }

    /// <summary>Gets the folder that packages are put into, or null for the user's global one.</summary>
    public string? Folder { get; init; }

    /// <summary>Gets how long it may take.</summary>
    public TimeSpan TimeLimit { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>Gets what is called with a line for a terminal before something takes time.</summary>
    public Action<string> Progress { get; init; } = _ => { };
}
