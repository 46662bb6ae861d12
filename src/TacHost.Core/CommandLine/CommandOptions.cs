namespace TacHost.CommandLine;

/// <summary>The options of a command.</summary>
internal sealed record CommandOptions
{
    /// <summary>Gets the directory to write to, or null for the default.</summary>
    public string? Directory { get; init; }

    /// <summary>Gets the requested information about plugins.</summary>
    public PluginQuery Question { get; init; }

    /// <summary>Gets the name of the plugin, or null for all plugins.</summary>
    public string? Name { get; init; }

    public bool List { get; init; }

    public bool Json { get; init; }

    /// <summary>Gets whether to keep showing changes.</summary>
    public bool Watch { get; init; }

    /// <summary>Gets whether to evaluate a tac file even if it is running.</summary>
    public bool Evaluate { get; init; }

    /// <summary>Gets the absolute path of the picture to write, or null.</summary>
    public string? Picture { get; init; }

    /// <summary>Gets whether to show the plan only.</summary>
    public bool DryRun { get; init; }

    /// <summary>Gets whether the lines of a prompt can change the application.</summary>
    public bool Write { get; init; }

    public bool Follow { get; init; }

    /// <summary>Gets the number of lines, or null for the default.</summary>
    public int? Lines { get; init; }

    /// <summary>Gets the least severe level to show, or null for all.</summary>
    public string? Level { get; init; }

    /// <summary>Gets the service or category to show, or null for all.</summary>
    public string? Category { get; init; }

    /// <summary>Gets the running application, or null if the arguments name it.</summary>
    public string? Who { get; init; }

    /// <summary>Gets whether the systemd unit is for the service manager of a user.</summary>
    public bool ForUser { get; init; }

    /// <summary>Gets whether to add socket units to the systemd unit.</summary>
    public bool Sockets { get; init; }

    /// <summary>Gets the container image, or null for the default.</summary>
    public string? Image { get; init; }

    public FleetOptions Fleet { get; init; } = new();

    public ClusterOptions Cluster { get; init; } = new();

    /// <summary>Gets whether to write a tac file in the form of a file-based program.</summary>
    public bool AsProgram { get; init; }

    public bool Overwrite { get; init; }

    /// <summary>Gets whether to recreate lock files.</summary>
    public bool Renew { get; init; }
}
