namespace TacHost.CommandLine;

/// <summary>The options of a command.</summary>
internal sealed record CommandOptions
{
    /// <summary>Gets the directory to write to, or null for the default.</summary>
    public string? Directory { get; init; }

    /// <summary>Gets the requested information about plugins.</summary>
    public PluginQuestion Question { get; init; }

    /// <summary>Gets the name of the plugin, or null for all plugins.</summary>
    public string? Name { get; init; }

    /// <summary>Gets whether a list is requested.</summary>
    public bool List { get; init; }

    /// <summary>Gets whether to print JSON.</summary>
    public bool Json { get; init; }

    /// <summary>Whether to show changes as they come.</summary>
    public bool Watch { get; init; }

    /// <summary>Whether a tac file is evaluated although it runs.</summary>
    public bool Evaluate { get; init; }

    /// <summary>Whether to show what would be done, and to do nothing.</summary>
    public bool DryRun { get; init; }

    /// <summary>Whether to show lines as they come.</summary>
    public bool Follow { get; init; }

    /// <summary>How many lines to show, or null for the usual number.</summary>
    public int? Lines { get; init; }

    /// <summary>The least severe level to show, or null for all.</summary>
    public string? Level { get; init; }

    /// <summary>The service or category to show, or null for all.</summary>
    public string? Category { get; init; }

    /// <summary>The running application that is meant, or null where the words say it.</summary>
    public string? Who { get; init; }

    /// <summary>Whether a systemd unit is for the service manager of a user.</summary>
    public bool ForUser { get; init; }

    /// <summary>Gets whether to recreate lock files.</summary>
    public bool Renew { get; init; }
}
