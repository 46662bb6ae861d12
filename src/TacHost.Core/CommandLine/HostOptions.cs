using TacHost.Logging;

namespace TacHost.CommandLine;

/// <summary>The options of the command line. After parsing, all paths are absolute, except those of the tac file and the run directory, which are unchanged.</summary>
internal sealed record HostOptions
{
    public string? TacFile { get; init; }

    /// <summary>Gets the plugin to run instead of a tac file, or null.</summary>
    public string? Plugin { get; init; }

    /// <summary>Gets the arguments for the tac file or the plugin.</summary>
    public IReadOnlyList<string> Words { get; init; } = [];

    /// <summary>Gets whether the arguments after a tac file request its parameters instead of a run.</summary>
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

    /// <summary>Gets the values of the tac file's parameters, each NAME=VALUE.</summary>
    public IReadOnlyList<string> Settings { get; init; } = [];

    /// <summary>Gets the file with further parameter values, or null for the default file beside the tac file.</summary>
    public string? ValuesFile { get; init; }

    /// <summary>Gets whether the lock files of packages must match without changes.</summary>
    public bool Locked { get; init; }

    public CommandOptions Command { get; init; } = new();

    /// <summary>Gets the directories that are searched for plugins before all others.</summary>
    public IReadOnlyList<string> PluginDirectories { get; init; } = [];

    public bool NoDaemon { get; init; }

    /// <summary>Gets the working directory, or null for the directory in which tachost was started. It is inside the chroot directory, if there is one.</summary>
    public string? RunDirectory { get; init; }

    /// <summary>Gets the directory for chroot(2) before the services start, or null.</summary>
    public string? Chroot { get; init; }

    /// <summary>Gets the name or ID of the user to switch to, or null.</summary>
    public string? User { get; init; }

    /// <summary>Gets the name or ID of the group to switch to, or null.</summary>
    public string? Group { get; init; }

    /// <summary>Gets whether only the effective user and group are changed, so that services can change back.</summary>
    public bool EffectiveOnly { get; init; }

    /// <summary>Gets the file mode creation mask, or null for the default: 077 in a daemon, the inherited mask in the foreground.</summary>
    public uint? Umask { get; init; }

    public string? PidFile { get; init; } = "tachost.pid";

    /// <summary>Gets whether <see cref="PidFile"/> is not the default.</summary>
    public bool IsPidFileChosen { get; init; }

    /// <summary>Gets whether to run without a control socket.</summary>
    public bool NoControl { get; init; }

    /// <summary>The endpoint of metrics and health checks, or null for none.</summary>
    public string? Metrics { get; init; }

    /// <summary>Gets the destination, the filter and the format of the log.</summary>
    public LogOptions Log { get; init; } = new();

    /// <summary>Gets the log file as given, '-' for standard output, or null.</summary>
    public string? LogFile { get; init; }

    /// <summary>Gets the address of the syslog server, an empty string for the local daemon, or null to disable syslog.</summary>
    public string? SyslogTarget { get; init; }

    /// <summary>Gets the tag of syslog messages, or null for the default.</summary>
    public string? SyslogPrefix { get; init; }

    /// <summary>Gets the facility of syslog messages, or null for the default.</summary>
    public string? SyslogFacility { get; init; }

    /// <summary>Gets the directories that <c>#r</c> searches before the host's own directory.</summary>
    public IReadOnlyList<string> Libraries { get; init; } = [];

    /// <summary>Gets all directories that are searched for assemblies, in order: <see cref="Libraries"/>, those of TACHOST_PATH, and the host's own.</summary>
    public IReadOnlyList<string> SearchDirectories { get; init; } = [];

    /// <summary>Gets the timeout for executing the tac file and starting its tree.</summary>
    public TimeSpan StartTimeout { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>Gets the grace period of a stop. Services that are still running after that are aborted.</summary>
    public TimeSpan Grace { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Gets whether the process ends by the signal that stopped it, as twistd does, instead of exiting with 0.</summary>
    public bool ExitWithSignal { get; init; }

    /// <summary>Gets whether errors on the terminal include stack traces.</summary>
    public bool Debug { get; init; }

    /// <summary>Gets whether to wait for a debugger before the tac file is evaluated.</summary>
    public bool WaitForDebugger { get; init; }

    /// <summary>Gets whether to save the running version, and to run the saved one if the tac file is broken.</summary>
    public bool LastGood { get; init; }

    /// <summary>Gets whether to reload at each save of a source file.</summary>
    public bool Watch { get; init; }

    /// <summary>Gets the epoch of a deployment of a cluster, or null outside of a cluster.</summary>
    public long? Epoch { get; init; }

    /// <summary>Gets the time without renewal after which a deployment of a cluster has lost its right to run, or null outside of a cluster.</summary>
    public TimeSpan? LeashLimit { get; init; }

    /// <summary>Gets whether to print the durations of the start phases.</summary>
    public bool Timings { get; init; }

    public bool Help { get; init; }

    public bool Version { get; init; }
}
