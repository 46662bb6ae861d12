namespace TacHost.Control.Wire;

/// <summary>The result of the method <c>fleet</c>: the deployments of an emperor.</summary>
internal sealed record FleetReport
{
    /// <summary>Gets the process ID of the emperor, or null if none runs.</summary>
    public int? Pid { get; init; }

    /// <summary>Gets the directory of the tac files.</summary>
    public string Directory { get; init; } = "";

    /// <summary>Gets the words of the emperor's command line that its deployments have, too.</summary>
    public IReadOnlyList<string> Options { get; init; } = [];

    /// <summary>Gets the reason why the directory cannot be read at the moment, or null.</summary>
    public string? Problem { get; init; }

    /// <summary>Gets the deployments, sorted by name.</summary>
    public IReadOnlyList<UnitReport> Units { get; init; } = [];
}

/// <summary>A deployment of a fleet.</summary>
internal sealed record UnitReport
{
    /// <summary>Gets the name.</summary>
    public string Name { get; init; } = "";

    /// <summary>Gets the state: off, queued, compiling, starting, running, reloading, stopping, backing-off, failed or stale.</summary>
    public string State { get; init; } = "";

    /// <summary>Gets the reason of the state, or null.</summary>
    public string? Reason { get; init; }

    /// <summary>Gets the process ID, or null.</summary>
    public int? Pid { get; init; }

    /// <summary>Gets whether an earlier emperor has started the process.</summary>
    public bool Adopted { get; init; }

    /// <summary>Gets the time at which the process started to run.</summary>
    public DateTimeOffset? Since { get; init; }

    /// <summary>Gets the number of restarts after an end that nobody had asked for.</summary>
    public int Restarts { get; init; }

    /// <summary>Gets the time of the next restart, or null.</summary>
    public DateTimeOffset? NextTry { get; init; }

    /// <summary>Gets how the last process ended, or null.</summary>
    public string? LastExit { get; init; }

    /// <summary>Gets the memory that the process does not share, in bytes.</summary>
    public long? Memory { get; init; }

    /// <summary>Gets the processor time of the process in seconds.</summary>
    public double? Processor { get; init; }

    /// <summary>Gets the hash of the sources that run.</summary>
    public string? Hash { get; init; }

    /// <summary>Gets the path of the tac file.</summary>
    public string Source { get; init; } = "";

    /// <summary>Gets the path of the log file.</summary>
    public string LogFile { get; init; } = "";
}

/// <summary>The outcome of an operation on a deployment. A notification for each comes before the result.</summary>
/// <param name="Name">The name of the deployment.</param>
/// <param name="ExitCode">0, or an exit code of tachost.</param>
/// <param name="Message">What was done, or why it failed.</param>
internal sealed record UnitOutcome(string Name, int ExitCode, string Message);

/// <summary>The result of an operation on deployments.</summary>
/// <param name="Done">The outcomes, in the order of the operations.</param>
/// <param name="Left">The names of those that were left as they were, because one before them failed.</param>
internal sealed record FleetOutcome(IReadOnlyList<UnitOutcome> Done, IReadOnlyList<string> Left);
