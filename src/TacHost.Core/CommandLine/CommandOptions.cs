namespace TacHost.CommandLine;

/// <summary>What the options of a command say.</summary>
internal sealed record CommandOptions
{
    /// <summary>The directory to write into, or null for the usual one.</summary>
    public string? Directory { get; init; }

    /// <summary>What is asked about plugins.</summary>
    public PluginQuestion Question { get; init; }

    /// <summary>The plugin that is asked about, or null for all.</summary>
    public string? Name { get; init; }

    /// <summary>Whether a list is asked for.</summary>
    public bool List { get; init; }

    /// <summary>Whether to print JSON.</summary>
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

    /// <summary>Whether lock files are made anew.</summary>
    public bool Renew { get; init; }
}
