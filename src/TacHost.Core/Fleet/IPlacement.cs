using Microsoft.Extensions.Logging;
using TacHost.Control.Wire;

namespace TacHost.Fleet;

/// <summary>Decides which deployments of a fleet run on this machine, together with other machines.</summary>
internal interface IPlacement
{
    /// <summary>Joins the other machines. Deployments are placed once enough of them have joined.</summary>
    /// <exception cref="TacHostException">The machine cannot take part, for example because its address is in use.</exception>
    Task JoinAsync(IPlacedFleet fleet, ILogger log, CancellationToken cancellationToken);

    /// <summary>Gets the desired state, as far as this machine knows.</summary>
    ClusterSet Desired { get; }

    /// <summary>Publishes what this machine can run and does run.</summary>
    /// <param name="units">The deployments.</param>
    /// <param name="followed">The version of the desired state that they have followed.</param>
    void Publish(IReadOnlyList<ClusterUnit> units, long followed);

    /// <summary>Hands the deployments of this machine over to others, one by one, and leaves.</summary>
    Task LeaveAsync();

    /// <summary>Returns all machines and their desired state, as far as this one knows.</summary>
    ClusterReport Report();

    /// <summary>Replaces the desired state of all machines, if the new version is the one after the present one.</summary>
    /// <exception cref="TacHostException">Another change came first, or the majority of the machines cannot be reached.</exception>
    Task ChangeAsync(ClusterSet desired);

    /// <summary>Returns the events that this machine has noticed after one of them.</summary>
    ClusterEvents EventsAfter(long number);

    /// <summary>Reads the log of a deployment on a machine.</summary>
    /// <exception cref="TacHostException">The machine is not known, or does not answer.</exception>
    Task<LogPage> ReadLogAsync(string node, LogQuestion question);
}

/// <summary>The deployments that a placement starts and stops.</summary>
internal interface IPlacedFleet
{
    /// <summary>Starts a deployment on this machine, and keeps it running. Returns when it runs, or when the first try has failed.</summary>
    Task PlaceAsync(string name, long epoch);

    /// <summary>Stops a deployment on this machine. Returns when its process has ended.</summary>
    Task DisplaceAsync(string name);

    LogPage ReadLog(LogQuestion question);

    /// <summary>Ends this process at once, because others take its deployments over. Their leashes end with it.</summary>
    void Abandon(string reason);
}
