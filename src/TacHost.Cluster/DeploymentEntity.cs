using Akka.Actor;
using Akka.Cluster.Sharding;
using Microsoft.Extensions.Logging;
using TacHost.Fleet;

namespace TacHost.Cluster;

/// <summary>Stops a deployment, because its shard moves or it is not to run any more. Never leaves the node.</summary>
internal sealed class StopDeployment
{
    public static StopDeployment Instance { get; } = new();
}

/// <summary>The right to run a deployment: it runs on this node from the start of this actor until its end.</summary>
internal sealed class DeploymentEntity : ReceiveActor, IWithTimers
{
    private static readonly TimeSpan _interval = TimeSpan.FromSeconds(1);

    private readonly string _name;
    private readonly IPlacedFleet _fleet;
    private readonly ClusterView _view;
    private bool _isStopping;

    public DeploymentEntity(string name, IPlacedFleet fleet, ClusterView view, ILogger log)
    {
        (_name, _fleet, _view) = (name, fleet, view);
        Receive<StopDeployment>(_ => Stop());
        Receive<Stopped>(_ => Context.Stop(Self));
        Receive<Look>(_ =>
        {
            if (!_isStopping && !view.IsWanted(name))
                Context.Parent.Tell(new Passivate(StopDeployment.Instance));
        });
        Receive<Status.Failure>(failure => ClusterLog.Failed(log, name, failure.Cause));
        ReceiveAny(_ => { });
    }

    /// <inheritdoc/>
    public ITimerScheduler Timers { get; set; } = null!;

    /// <inheritdoc/>
    protected override void PreStart()
    {
        Timers.StartPeriodicTimer("look", Look.Instance, _interval);
        _fleet.PlaceAsync(_name, _view.NextEpoch(_name)).PipeTo(Self, success: () => Placed.Instance);
    }

    /// <summary>Stops the deployment too if the actor ends without having been asked to, as after a hand-off that took too long.</summary>
    protected override void PostStop()
    {
        if (!_isStopping)
            _ = _fleet.DisplaceAsync(_name);
    }

    private void Stop()
    {
        if (_isStopping)
            return;
        _isStopping = true;
        _fleet.DisplaceAsync(_name).PipeTo(Self, success: () => Stopped.Instance);
    }

    private sealed class Placed
    {
        public static Placed Instance { get; } = new();
    }

    private sealed class Stopped
    {
        public static Stopped Instance { get; } = new();
    }

    private sealed class Look
    {
        public static Look Instance { get; } = new();
    }
}
