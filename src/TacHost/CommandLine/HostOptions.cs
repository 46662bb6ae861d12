using TacHost.Logging;

namespace TacHost.CommandLine;

/// <summary>What the command line asks for. Paths are absolute.</summary>
internal sealed record HostOptions
{
    /// <summary>The tac file, as the user wrote it.</summary>
    public required string TacFile { get; init; }

    /// <summary>Whether to stay in the foreground.</summary>
    public bool NoDaemon { get; init; }

    /// <summary>The pid file.</summary>
    public required string PidFile { get; init; }

    /// <summary>Where log lines go.</summary>
    public required LogOptions Log { get; init; }

    /// <summary>Directories in which <c>#r</c> looks before the host's own.</summary>
    public IReadOnlyList<string> Libraries { get; init; } = [];

    /// <summary>How long the tac and the start of its tree may take together.</summary>
    public TimeSpan StartTimeout { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>How long a stop may take before what is left is cut off.</summary>
    public TimeSpan Grace { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Whether errors on the terminal come with their stack traces.</summary>
    public bool Debug { get; init; }
}
