namespace TacHost.Control.Wire;

/// <summary>What the method <c>ps</c> answers: a process and its applications.</summary>
internal sealed record ProcessReport
{
    /// <summary>The version of the protocol that this program speaks.</summary>
    public const int CurrentProtocol = 1;

    /// <summary>Gets the version of the protocol.</summary>
    public int Protocol { get; init; }

    /// <summary>Gets the version of the program.</summary>
    public string Version { get; init; } = "";

    /// <summary>Gets the id of the process, as it knows itself.</summary>
    public int Pid { get; init; }

    /// <summary>Gets the number of the user that it runs as.</summary>
    public uint User { get; init; }

    /// <summary>Gets whether it is a daemon.</summary>
    public bool Daemon { get; init; }

    /// <summary>Gets the pid file, if there is one.</summary>
    public string? PidFile { get; init; }

    /// <summary>Gets the log file, if there is one.</summary>
    public string? LogFile { get; init; }

    /// <summary>Gets the root directory, if it is not the system's.</summary>
    public string? Root { get; init; }

    /// <summary>Gets the applications.</summary>
    public IReadOnlyList<ApplicationReport> Applications { get; init; } = [];
}

/// <summary>An application of a process.</summary>
internal sealed record ApplicationReport
{
    /// <summary>Gets the name, or null before the tree is built.</summary>
    public string? Name { get; init; }

    /// <summary>Gets the path of the tac file, or the name and the path of the plugin.</summary>
    public string Source { get; init; } = "";

    /// <summary>Gets the state, in lower case: starting, running, stopping, stopped or failed.</summary>
    public string State { get; init; } = "";

    /// <summary>Gets when it began to run.</summary>
    public DateTimeOffset? Since { get; init; }

    /// <summary>Gets the number of services, not counting groups.</summary>
    public int Services { get; init; }

    /// <summary>Gets the paths of the services that have failed, also of those that will be started again.</summary>
    public IReadOnlyList<string> Failed { get; init; } = [];

    /// <summary>Gets the number of open connections.</summary>
    public long Connections { get; init; }
}
