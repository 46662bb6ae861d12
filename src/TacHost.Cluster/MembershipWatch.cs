using Akka.Actor;
using Akka.Cluster;
using Microsoft.Extensions.Logging;
using AkkaCluster = Akka.Cluster.Cluster;

namespace TacHost.Cluster;

/// <summary>Logs which nodes come and go, and notices at once that this node was declared dead.</summary>
internal sealed class MembershipWatch : ReceiveActor
{
    public MembershipWatch(AkkaCluster cluster, ILogger log, Action onDowned)
    {
        cluster.Subscribe(Self, ClusterEvent.SubscriptionInitialStateMode.InitialStateAsEvents, typeof(ClusterEvent.IMemberEvent), typeof(ClusterEvent.IReachabilityEvent));
        Receive<ClusterEvent.MemberUp>(each => ClusterLog.Up(log, ClusterView.NameOf(each.Member), ClusterView.AddressOf(each.Member.Address)));
        Receive<ClusterEvent.MemberLeft>(each => ClusterLog.Leaving(log, ClusterView.NameOf(each.Member)));
        Receive<ClusterEvent.MemberRemoved>(each => ClusterLog.Removed(log, ClusterView.NameOf(each.Member)));
        Receive<ClusterEvent.UnreachableMember>(each => ClusterLog.Unreachable(log, ClusterView.NameOf(each.Member)));
        Receive<ClusterEvent.ReachableMember>(each => ClusterLog.Reachable(log, ClusterView.NameOf(each.Member)));
        Receive<ClusterEvent.MemberDowned>(each =>
        {
            if (each.Member.Address == cluster.SelfAddress)
                onDowned();
        });
        ReceiveAny(_ => { });
    }
}
