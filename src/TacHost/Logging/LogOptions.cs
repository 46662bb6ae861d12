namespace TacHost.Logging;

/// <summary>Where log lines go.</summary>
internal sealed record LogOptions
{
    /// <summary>The log file, or null for standard output.</summary>
    public string? File { get; init; }

    /// <summary>How many bytes a log file may have before it is rotated.</summary>
    public long FileSize { get; init; } = 1_000_000;

    /// <summary>How many rotated files are kept, or 0 for all.</summary>
    public int FilesKept { get; init; } = 10;
}
