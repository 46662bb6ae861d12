using TacHost.Logging;

namespace TacHost.CommandLine;

/// <summary>What the command line asks for. Paths are absolute once it has been read, but those of the tac file and the run directory, which are as the user wrote them.</summary>
internal sealed record HostOptions
{
    /// <summary>The tac file.</summary>
    public string? TacFile { get; init; }

    /// <summary>The plugin to run in place of a tac file, or null.</summary>
    public string? Plugin { get; init; }

    /// <summary>The words after the tac file or the plugin's name, which are its own.</summary>
    public IReadOnlyList<string> Words { get; init; } = [];

    /// <summary>Gets whether the words after a tac file ask for its parameters instead of a run.</summary>
    public bool AsksForParameters
    {
        get
        {
            foreach (var word in Words)
            {
                if (word is "--help" or "--")
                    return word == "--help";
            }

            return false;
        }
    }

    /// <summary>Values of the tac file's parameters, each NAME=VALUE.</summary>
    public IReadOnlyList<string> Settings { get; init; } = [];

    /// <summary>The file with more of them, or null for the one beside the tac file.</summary>
    public string? ValuesFile { get; init; }

    /// <summary>Whether the lock files of packages must fit as they are.</summary>
    public bool Locked { get; init; }

    /// <summary>What the options of a command say.</summary>
    public CommandOptions Command { get; init; } = new();

    /// <summary>Directories in which plugins are looked for before all others.</summary>
    public IReadOnlyList<string> PluginDirectories { get; init; } = [];

    /// <summary>Whether to stay in the foreground.</summary>
    public bool NoDaemon { get; init; }

    /// <summary>The directory to run in, or null to stay where tachost was started. Inside the jail if there is one.</summary>
    public string? RunDirectory { get; init; }

    /// <summary>The directory to make the root of the file system before the services start, or null.</summary>
    public string? Jail { get; init; }

    /// <summary>The user to become, by name or number, or null.</summary>
    public string? User { get; init; }

    /// <summary>The group to become, by name or number, or null.</summary>
    public string? Group { get; init; }

    /// <summary>Whether the change of user and group keeps the way back.</summary>
    public bool EffectiveOnly { get; init; }

    /// <summary>The file mode creation mask, or null for 077 in a daemon and the inherited one in the foreground.</summary>
    public uint? Umask { get; init; }

    /// <summary>The pid file, or null for none.</summary>
    public string? PidFile { get; init; } = "tachost.pid";

    /// <summary>Whether the process has no control socket.</summary>
    public bool NoControl { get; init; }

    /// <summary>The endpoint of metrics and health checks, or null for none.</summary>
    public string? Metrics { get; init; }

    /// <summary>Where log lines go, and which, and how.</summary>
    public LogOptions Log { get; init; } = new();

    /// <summary>The log file as it was given, '-' for standard output, or null.</summary>
    public string? LogFile { get; init; }

    /// <summary>Where syslog messages go; empty for this machine's daemon; null for none.</summary>
    public string? SyslogTarget { get; init; }

    /// <summary>The tag of syslog messages, or null for the usual one.</summary>
    public string? SyslogPrefix { get; init; }

    /// <summary>The facility of syslog messages, or null for the usual one.</summary>
    public string? SyslogFacility { get; init; }

    /// <summary>Directories in which <c>#r</c> looks before the host's own.</summary>
    public IReadOnlyList<string> Libraries { get; init; } = [];

    /// <summary>All directories in which assemblies are looked for, in order: <see cref="Libraries"/>, those of TACHOST_PATH, the host's own.</summary>
    public IReadOnlyList<string> SearchDirectories { get; init; } = [];

    /// <summary>How long the tac and the start of its tree may take together.</summary>
    public TimeSpan StartTimeout { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>How long a stop may take before what is left is cut off.</summary>
    public TimeSpan Grace { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Whether the process ends by the signal that stopped it, as twistd does, instead of exiting 0.</summary>
    public bool ExitWithSignal { get; init; }

    /// <summary>Whether errors on the terminal come with their stack traces.</summary>
    public bool Debug { get; init; }

    /// <summary>Whether to print where the time of the start went.</summary>
    public bool Timings { get; init; }

    /// <summary>Whether the help is asked for.</summary>
    public bool Help { get; init; }

    /// <summary>Whether the version is asked for.</summary>
    public bool Version { get; init; }
}
