using Microsoft.Extensions.Logging;
using TacHost.CommandLine;

namespace TacHost.Fleet;

/// <summary>The state that all deployments of an emperor share.</summary>
internal sealed class FleetContext(FleetOptions fleet, HostOptions deployments, UnitArguments arguments) : IDisposable
{
    public FleetOptions Fleet => fleet;

    public HostOptions Deployments => deployments;

    /// <summary>Gets the command lines of the deployments.</summary>
    public UnitArguments Arguments => arguments;

    public ProcessWatch Watch { get; } = new();

    /// <summary>Gets the leash, or null if the deployments outlive the emperor, or have a leash each.</summary>
    public Leash? Leash { get; } = fleet.Leash && fleet.Freeze is null ? new Leash() : null;

    /// <summary>Gets the right to run deployments in a cluster, or null without a cluster.</summary>
    public RunLease? Right { get; } = fleet.Freeze is { } freeze ? new RunLease(freeze) : null;

    /// <summary>Gets the permits for starts and reloads.</summary>
    public SemaphoreSlim Slots { get; } = new(fleet.Parallel ?? Environment.ProcessorCount);

    public required ILogger Log { get; set; }

    /// <summary>Gets the source of the token that ends all starts, waits and compilations.</summary>
    public CancellationTokenSource Stopping { get; } = new();

    /// <summary>Runs a blocking operation on a thread of its own, so that the thread pool stays free.</summary>
    public static Task<T> OnThread<T>(Func<T> operation) =>
        Task.Factory.StartNew(operation, CancellationToken.None, TaskCreationOptions.LongRunning | TaskCreationOptions.DenyChildAttach, TaskScheduler.Default);

    public void Dispose()
    {
        Watch.Dispose();
        Leash?.Dispose();
        Right?.Dispose();
    }
}
