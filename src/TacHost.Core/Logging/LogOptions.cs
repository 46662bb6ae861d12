using Microsoft.Extensions.Logging;

namespace TacHost.Logging;

/// <summary>Where log lines go, in what form, and which. Of several destinations the first counts, as they stand here.</summary>
internal sealed record LogOptions
{
    /// <summary>The name of a type that takes all lines, <c>Namespace.Type, Assembly</c>, or null.</summary>
    public string? LoggerType { get; init; }

    /// <summary>Where the assembly of <see cref="LoggerType"/> is looked for: the directories of --lib, of TACHOST_PATH, and the host's own.</summary>
    public IReadOnlyList<string> LoggerDirectories { get; init; } = [];

    /// <summary>The syslog daemon that receives all lines, or null.</summary>
    public SyslogOptions? Syslog { get; init; }

    /// <summary>The log file, or null for standard output.</summary>
    public string? File { get; init; }

    /// <summary>How many bytes a log file may have before it is rotated, or 0 for any number.</summary>
    public long FileSize { get; init; } = 1_000_000;

    /// <summary>How many rotated files are kept, or 0 for all.</summary>
    public int FilesKept { get; init; } = 10;

    /// <summary>How often a log file is begun anew, whatever its size.</summary>
    public LogPeriod Period { get; init; }

    /// <summary>How old a rotated file may become, or null for any age.</summary>
    public TimeSpan? LongestAge { get; init; }

    /// <summary>Whether the scopes in which a line was logged stand in lines of text too.</summary>
    public bool ShowScopes { get; init; }

    /// <summary>The form of the lines.</summary>
    public LogFormat Format { get; init; }

    /// <summary>The least severe level that is logged. Defaults to <see cref="LogLevel.Information"/>.</summary>
    public LogLevel MinimumLevel { get; init; } = LogLevel.Information;

    /// <summary>The least severe levels of some categories and those below them.</summary>
    public IReadOnlyList<KeyValuePair<string, LogLevel>> Levels { get; init; } = [];

    /// <summary>
    /// Whether what native code, the runtime itself and child processes write to descriptors 1 and 2 ends up in the log file as it is.
    /// For a daemon, where it is lost otherwise, and with it the last words of a crash.
    /// </summary>
    public bool TakesStandardStreams { get; init; }

    /// <summary>Whether lines go to standard output, where errors of the start are shown anyway.</summary>
    public bool IsConsole => LoggerType is null && Syslog is null && File is null;
}
