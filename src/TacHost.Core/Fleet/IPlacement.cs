using Microsoft.Extensions.Logging;
using TacHost.Control.Wire;

namespace TacHost.Fleet;

/// <summary>Decides which deployments of a fleet run on this machine, together with other machines.</summary>
internal interface IPlacement
{
    /// <summary>Joins the other machines. Deployments are placed once enough of them have joined.</summary>
    /// <exception cref="TacHostException">The machine cannot take part, for example because its address is in use.</exception>
    Task JoinAsync(IPlacedFleet fleet, ILogger log, CancellationToken cancellationToken);

    /// <summary>Publishes what this machine can run and does run.</summary>
    void Publish(IReadOnlyList<ClusterUnit> units);

    /// <summary>Hands the deployments of this machine over to others, one by one, and leaves.</summary>
    Task LeaveAsync();

    /// <summary>Returns all machines, as far as this one knows.</summary>
    ClusterReport Report();
}

/// <summary>The deployments that a placement starts and stops.</summary>
internal interface IPlacedFleet
{
    /// <summary>Starts a deployment on this machine, and keeps it running. Returns when it runs, or when the first try has failed.</summary>
    /// <param name="name">The name.</param>
    /// <param name="epoch">The epoch of the start.</param>
    Task PlaceAsync(string name, long epoch);

    /// <summary>Stops a deployment on this machine. Returns when its process has ended.</summary>
    Task DisplaceAsync(string name);

    /// <summary>Ends this process at once, because others take its deployments over. Their leashes end with it.</summary>
    void Abandon(string reason);
}
