namespace TacHost.Control.Wire;

/// <summary>The result of the method <c>fleet</c>: the deployments of an emperor.</summary>
internal sealed record FleetReport
{
    /// <summary>Gets the process ID of the emperor, or null if none runs.</summary>
    public int? Pid { get; init; }

    public string Directory { get; init; } = "";

    /// <summary>Gets the arguments of the emperor that apply to its deployments.</summary>
    public IReadOnlyList<string> Options { get; init; } = [];

    /// <summary>Gets the reason why the directory cannot be read at the moment, or null.</summary>
    public string? Problem { get; init; }

    /// <summary>Gets the deployments, sorted by name.</summary>
    public IReadOnlyList<UnitReport> Units { get; init; } = [];
}

/// <summary>A deployment of a fleet.</summary>
internal sealed record UnitReport
{
    public string Name { get; init; } = "";

    /// <summary>Gets the state: off, queued, compiling, starting, running, reloading, stopping, backing-off, failed or stale.</summary>
    public string State { get; init; } = "";

    /// <summary>Gets whether the deployment is a group. Its applications follow, each with the name of the group, a slash and its own.</summary>
    public bool IsGroup { get; init; }

    public string? Reason { get; init; }

    public int? Pid { get; init; }

    /// <summary>Gets whether an earlier emperor has started the process.</summary>
    public bool Adopted { get; init; }

    /// <summary>Gets the time at which the process started to run.</summary>
    public DateTimeOffset? Since { get; init; }

    /// <summary>Gets the number of restarts after an unexpected end.</summary>
    public int Restarts { get; init; }

    public DateTimeOffset? NextTry { get; init; }

    /// <summary>Gets how the last process ended, or null.</summary>
    public string? LastExit { get; init; }

    /// <summary>Gets the memory that the process does not share, in bytes.</summary>
    public long? Memory { get; init; }

    /// <summary>Gets the processor time of the process in seconds.</summary>
    public double? Processor { get; init; }

    public string? Hash { get; init; }

    /// <summary>Gets the path of the tac file.</summary>
    public string Source { get; init; } = "";

    public string LogFile { get; init; } = "";
}

/// <summary>The outcome of an operation on a deployment. A notification for each comes before the result.</summary>
/// <param name="Name">The name of the deployment.</param>
/// <param name="ExitCode">0, or an exit code of tachost.</param>
/// <param name="Message">The result, or the reason of the failure.</param>
internal sealed record UnitOutcome(string Name, int ExitCode, string Message);

/// <summary>The result of an operation on deployments.</summary>
/// <param name="Done">The outcomes, in the order of the operations.</param>
/// <param name="Left">The names of unchanged deployments, after an earlier one failed.</param>
internal sealed record FleetOutcome(IReadOnlyList<UnitOutcome> Done, IReadOnlyList<string> Left);
