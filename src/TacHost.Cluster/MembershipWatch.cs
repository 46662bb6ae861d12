using Akka.Actor;
using Akka.Cluster;
using Microsoft.Extensions.Logging;
using AkkaCluster = Akka.Cluster.Cluster;

namespace TacHost.Cluster;

/// <summary>Logs which nodes come and go, and notices at once that this node was declared dead, or that too few nodes are left.</summary>
internal sealed class MembershipWatch : ReceiveActor
{
    private readonly HashSet<UniqueAddress> _up = [];

    /// <param name="cluster">The cluster.</param>
    /// <param name="majority">The smallest number of nodes that may run deployments.</param>
    /// <param name="log">The log.</param>
    /// <param name="events">What <c>tachost cluster events</c> shows.</param>
    /// <param name="onDowned">Called when this node was declared dead.</param>
    /// <param name="onTooFew">Called when fewer nodes are left than a majority.</param>
    public MembershipWatch(AkkaCluster cluster, int majority, ILogger log, EventLog events, Action onDowned, Action onTooFew)
    {
        cluster.Subscribe(Self, ClusterEvent.SubscriptionInitialStateMode.InitialStateAsEvents, typeof(ClusterEvent.IMemberEvent), typeof(ClusterEvent.IReachabilityEvent));
        Receive<ClusterEvent.MemberUp>(each =>
        {
            _up.Add(each.Member.UniqueAddress);
            ClusterLog.Up(log, ClusterView.NameOf(each.Member), ClusterView.AddressOf(each.Member.Address));
            events.OfNode(ClusterView.NameOf(each.Member), $"up at {ClusterView.AddressOf(each.Member.Address)}");
        });
        Receive<ClusterEvent.MemberLeft>(each =>
        {
            ClusterLog.Leaving(log, ClusterView.NameOf(each.Member));
            events.OfNode(ClusterView.NameOf(each.Member), "leaving");
        });
        Receive<ClusterEvent.MemberRemoved>(each =>
        {
            ClusterLog.Removed(log, ClusterView.NameOf(each.Member));
            events.OfNode(ClusterView.NameOf(each.Member), "gone");
            if (_up.Remove(each.Member.UniqueAddress) && _up.Count == majority - 1)
                onTooFew();
        });
        Receive<ClusterEvent.UnreachableMember>(each =>
        {
            ClusterLog.Unreachable(log, ClusterView.NameOf(each.Member));
            events.OfNode(ClusterView.NameOf(each.Member), "unreachable");
        });
        Receive<ClusterEvent.ReachableMember>(each =>
        {
            ClusterLog.Reachable(log, ClusterView.NameOf(each.Member));
            events.OfNode(ClusterView.NameOf(each.Member), "reachable again");
        });
        Receive<ClusterEvent.MemberDowned>(each =>
        {
            if (each.Member.Address == cluster.SelfAddress)
                onDowned();
        });
        ReceiveAny(_ => { });
    }
}
