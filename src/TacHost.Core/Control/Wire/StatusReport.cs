namespace TacHost.Control.Wire;

/// <summary>What the methods <c>status</c> and <c>tree</c> answer.</summary>
/// <param name="Process">The process.</param>
/// <param name="Services">All services of all applications, each group before its children.</param>
internal sealed record StatusReport(ProcessReport Process, IReadOnlyList<ServiceReport> Services);

/// <summary>A service of a running tree.</summary>
internal sealed record ServiceReport
{
    /// <summary>Gets the path.</summary>
    public string Path { get; init; } = "";

    /// <summary>Gets the last part of the path.</summary>
    public string Name { get; init; } = "";

    /// <summary>Gets the number of groups above; 0 for an application.</summary>
    public int Depth { get; init; }

    /// <summary>Gets whether it holds other services.</summary>
    public bool IsGroup { get; init; }

    /// <summary>Gets the class.</summary>
    public string Type { get; init; } = "";

    /// <summary>Gets the state, in lower case.</summary>
    public string State { get; init; } = "";

    /// <summary>Gets when it began to run, while it runs.</summary>
    public DateTimeOffset? Since { get; init; }

    /// <summary>Gets how often it was restarted.</summary>
    public int Restarts { get; init; }

    /// <summary>Gets the last failure, in words.</summary>
    public string? LastFailure { get; init; }

    /// <summary>Gets when it will be started again.</summary>
    public DateTimeOffset? NextTry { get; init; }

    /// <summary>Gets the addresses that it listens on.</summary>
    public IReadOnlyList<string> EndPoints { get; init; } = [];

    /// <summary>Gets the number of open connections, or null for a service without connections.</summary>
    public long? Connections { get; init; }

    /// <summary>Gets the number of connections since the start of the application.</summary>
    public long? Accepted { get; init; }
}
