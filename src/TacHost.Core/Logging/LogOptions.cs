using Microsoft.Extensions.Logging;

namespace TacHost.Logging;

/// <summary>The destination, the format and the filter of the log. If several destinations are set, the first in the order of the properties is used.</summary>
internal sealed record LogOptions
{
    /// <summary>Gets the name of a type that receives all lines, <c>Namespace.Type, Assembly</c>, or null.</summary>
    public string? LoggerType { get; init; }

    /// <summary>Gets the directories that are searched for the assembly of <see cref="LoggerType"/>: those of --lib and TACHOST_PATH, and the host's own.</summary>
    public IReadOnlyList<string> LoggerDirectories { get; init; } = [];

    /// <summary>Gets the syslog daemon that receives all lines, or null.</summary>
    public SyslogOptions? Syslog { get; init; }

    /// <summary>Gets the log file, or null for standard output.</summary>
    public string? File { get; init; }

    /// <summary>Gets whether the command line names the destination, so that a tac file cannot choose another.</summary>
    public bool IsChosen { get; init; }

    /// <summary>Gets the maximum size of a log file in bytes before it is rotated, 0 for no limit, or null if it is not set.</summary>
    public long? FileSize { get; init; }

    /// <summary>Gets the maximum number of rotated files, 0 for no limit, or null if it is not set.</summary>
    public int? FilesKept { get; init; }

    /// <summary>Gets the period after which a log file is rotated, regardless of its size.</summary>
    public LogPeriod Period { get; init; }

    /// <summary>Gets the maximum age of a rotated file, zero for no limit, or null if it is not set.</summary>
    public TimeSpan? LongestAge { get; init; }

    /// <summary>Gets whether the text format includes the scopes in which a line was logged.</summary>
    public bool ShowScopes { get; init; }

    public LogFormat Format { get; init; }

    /// <summary>Gets the least severe level that is logged. Defaults to <see cref="LogLevel.Information"/>.</summary>
    public LogLevel MinimumLevel { get; init; } = LogLevel.Information;

    /// <summary>The least severe levels of some categories and those below them.</summary>
    public IReadOnlyList<KeyValuePair<string, LogLevel>> Levels { get; init; } = [];

    /// <summary>
    /// Gets whether output of native code, the runtime and child processes to descriptors 1 and 2 is redirected to the log
    /// file, unformatted. Used for a daemon, because that output would otherwise be lost, including the message of a crash.
    /// </summary>
    public bool TakesStandardStreams { get; init; }
}
