namespace TacHost.Control.Wire;

/// <summary>The result of the method <c>ps</c>: a process and its applications.</summary>
internal sealed record ProcessReport
{
    public const int CurrentProtocol = 1;

    public int Protocol { get; init; }

    public string Version { get; init; } = "";

    /// <summary>Gets the process ID, as seen by the process itself.</summary>
    public int Pid { get; init; }

    public uint User { get; init; }

    public bool Daemon { get; init; }

    public string? PidFile { get; init; }

    public string? LogFile { get; init; }

    /// <summary>Gets the root directory, or null if it is the system's root directory.</summary>
    public string? Root { get; init; }

    /// <summary>Gets the ID of the process that serves instead of this one after an upgrade, or null.</summary>
    public int? Successor { get; init; }

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

    /// <summary>Gets the time at which the application started to run.</summary>
    public DateTimeOffset? Since { get; init; }

    /// <summary>Gets the number of services, without groups.</summary>
    public int Services { get; init; }

    /// <summary>Gets the paths of the services that have failed, also of those that will be started again.</summary>
    public IReadOnlyList<string> Failed { get; init; } = [];

    public long Connections { get; init; }
}
