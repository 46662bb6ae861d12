namespace TacHost.Control.Wire;

/// <summary>The result of the methods <c>status</c> and <c>tree</c>.</summary>
/// <param name="Process">The process.</param>
/// <param name="Services">All services of all applications, each group before its children.</param>
internal sealed record StatusReport(ProcessReport Process, IReadOnlyList<ServiceReport> Services);

/// <summary>A service of a running tree.</summary>
internal sealed record ServiceReport
{
    public string Path { get; init; } = "";

    /// <summary>Gets the last part of the path.</summary>
    public string Name { get; init; } = "";

    /// <summary>Gets the number of groups above the service, which is 0 for an application.</summary>
    public int Depth { get; init; }

    /// <summary>Gets whether the service contains other services.</summary>
    public bool IsGroup { get; init; }

    public string Type { get; init; } = "";

    /// <summary>Gets the state, in lower case.</summary>
    public string State { get; init; } = "";

    /// <summary>Gets the time at which the service started to run, or null if it is not running.</summary>
    public DateTimeOffset? Since { get; init; }

    /// <summary>Gets the time at which the service entered its state, or null if that is not known.</summary>
    public DateTimeOffset? StateSince { get; init; }

    /// <summary>Gets what a stop of the service waits for.</summary>
    public IReadOnlyList<string> WaitsFor { get; init; } = [];

    public int Restarts { get; init; }

    /// <summary>Gets the message of the last failure, or null.</summary>
    public string? LastFailure { get; init; }

    public DateTimeOffset? NextTry { get; init; }

    public IReadOnlyList<string> LocalAddresses { get; init; } = [];

    /// <summary>Gets the endpoints that the service connects to.</summary>
    public IReadOnlyList<string> Connects { get; init; } = [];

    /// <summary>Gets the number of open connections, or null for a service without connections.</summary>
    public long? Connections { get; init; }

    /// <summary>Gets the number of accepted connections since the start of the application.</summary>
    public long? Accepted { get; init; }
}
