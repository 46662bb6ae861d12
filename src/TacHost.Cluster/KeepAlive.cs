using Akka.Actor;
using Akka.Cluster.Sharding;

namespace TacHost.Cluster;

/// <summary>Asks again and again for each deployment that is to run, so that one that runs nowhere is started. For one that runs, the question has no effect.</summary>
internal sealed class KeepAlive : ReceiveActor, IWithTimers
{
    public KeepAlive(IActorRef region, ClusterView view, TimeSpan interval, Action checkName)
    {
        Receive<Tick>(_ =>
        {
            checkName();
            if (!view.IsReady)
                return;
            foreach (var name in view.OwnNames)
                region.Tell(new ShardRegion.StartEntity(name));
        });
        ReceiveAny(_ => { });
        _interval = interval;
    }

    private readonly TimeSpan _interval;

    /// <inheritdoc/>
    public ITimerScheduler Timers { get; set; } = null!;

    /// <inheritdoc/>
    protected override void PreStart() => Timers.StartPeriodicTimer("tick", Tick.Instance, _interval);

    private sealed class Tick
    {
        public static Tick Instance { get; } = new();
    }
}
