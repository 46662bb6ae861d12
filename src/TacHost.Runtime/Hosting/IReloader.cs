namespace TacHost.Hosting;

/// <summary>Makes a running application what its tac file or plugin would be now.</summary>
internal interface IReloader
{
    /// <summary>Executes a reload. If it fails, the running application is unchanged.</summary>
    /// <param name="deployment">The application. It has no other reload under way.</param>
    /// <param name="process">The process.</param>
    /// <param name="request">The request.</param>
    /// <param name="stopping">Cancelled when the application is to stop.</param>
    /// <exception cref="TacHostException">The reload failed.</exception>
    Task<ReloadResult> RunAsync(Deployment deployment, HostProcess process, ReloadRequest request, CancellationToken stopping);

    /// <summary>Begins to reload an application at each save of its files, until the result is disposed.</summary>
    IDisposable Watch(Deployment deployment);

    /// <summary>Returns the last deployments of an application that ran, the running one last.</summary>
    IReadOnlyList<PastDeployment> HistoryOf(Deployment deployment);
}

/// <summary>The request of a reload.</summary>
internal sealed record ReloadRequest
{
    /// <summary>Gets whether only the plan is requested.</summary>
    public bool OnlyPlan { get; init; }

    /// <summary>Gets the tac file to plan with instead of the running one, or null.</summary>
    public string? File { get; init; }

    /// <summary>Gets the number of the deployment to return to, 0 for the previous one, or null to read the tac file.</summary>
    public int? Rollback { get; init; }

    /// <summary>Gets the fingerprint that the plan must have, or null for any.</summary>
    public string? IfPlan { get; init; }
}

/// <summary>The part of a reload that concerns one service.</summary>
/// <param name="Verdict">One of <c>kept</c>, <c>replaced</c>, <c>added</c> and <c>removed</c>.</param>
/// <param name="Path">The path without the application's name.</param>
/// <param name="Reason">Why, in one clause; empty for a service that is kept.</param>
/// <param name="Text">The line of the plan.</param>
internal sealed record PlannedService(string Verdict, string Path, string Reason, string Text);

/// <summary>A reload that has succeeded, or its plan.</summary>
/// <param name="Plan">Each service of the new tree in the order of the start, then those that leave.</param>
/// <param name="Notices">Further notices.</param>
/// <param name="Fingerprint">Equal for equal plans.</param>
/// <param name="Took">The time until the new services had their places.</param>
internal sealed record ReloadResult(IReadOnlyList<PlannedService> Plan, IReadOnlyList<string> Notices, string Fingerprint, TimeSpan Took)
{
    public bool HasChanges => Plan.Any(service => service.Verdict != "kept");

    /// <summary>Gets the plan in one line, such as <c>1 replaced, 2 kept</c>.</summary>
    public string Summary => string.Join(", ", Plan.GroupBy(service => service.Verdict).OrderBy(group => group.Key == "kept").Select(group => $"{group.Count()} {group.Key}"));
}
