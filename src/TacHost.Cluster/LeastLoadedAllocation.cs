using System.Collections.Immutable;
using Akka.Actor;
using Akka.Cluster;
using Akka.Cluster.Sharding;
using TacHost.Control.Wire;
using TacHost.Fleet;
using AkkaCluster = Akka.Cluster.Cluster;

namespace TacHost.Cluster;

/// <summary>Places a deployment on the node that can run it and runs the fewest. Moves one at a time.</summary>
internal sealed class LeastLoadedAllocation(AkkaCluster cluster, ClusterView view) : IShardAllocationStrategy
{
    /// <inheritdoc/>
    /// <returns>The region; or a task that never ends if no known node can run the deployment. The region asks again later.</returns>
    public Task<IActorRef> AllocateShard(IActorRef requester, string shardId, IImmutableDictionary<IActorRef, IImmutableList<string>> currentShardAllocations)
    {
        return Best(Candidates(currentShardAllocations), shardId) is { } best ? Task.FromResult(best.Region) : new TaskCompletionSource<IActorRef>().Task;
    }

    /// <inheritdoc/>
    public Task<IImmutableSet<string>> Rebalance(IImmutableDictionary<IActorRef, IImmutableList<string>> currentShardAllocations, IImmutableSet<string> rebalanceInProgress)
    {
        IImmutableSet<string> none = ImmutableHashSet<string>.Empty;
        if (rebalanceInProgress.Count > 0 || Candidates(currentShardAllocations) is not { Count: > 1 } candidates)
            return Task.FromResult(none);
        foreach (var from in candidates.OrderByDescending(each => each.Shards.Count))
        {
            foreach (var shard in from.Shards)
            {
                if (Best(candidates.Where(each => each.Region != from.Region), shard) is { } best && IsBetter(best, from, shard))
                    return Task.FromResult(none.Add(shard));
            }
        }

        return Task.FromResult(none);
    }

    private bool IsBetter(Candidate other, Candidate present, string name)
    {
        var preferred = view.Desired.Find(name)?.Node;
        return !CanRun(present, name) || other.Node.Name == preferred || (present.Node.Name != preferred && other.Shards.Count + 1 < present.Shards.Count);
    }

    /// <summary>Returns the nodes that can be given a deployment; none while a node that is up has not said yet what it can run.</summary>
    private List<Candidate> Candidates(IImmutableDictionary<IActorRef, IImmutableList<string>> allocations)
    {
        var state = cluster.State;
        var members = state.Members.Where(member => member.Status == MemberStatus.Up && !state.Unreachable.Contains(member))
            .GroupBy(ClusterView.NameOf).Select(same => same.Aggregate((one, other) => one.IsOlderThan(other) ? one : other)).ToDictionary(member => member.Address);
        List<Candidate> candidates = [];
        foreach (var (region, shards) in allocations)
        {
            var address = region.Path.Address.HasLocalScope ? cluster.SelfAddress : region.Path.Address;
            if (!members.TryGetValue(address, out var member))
                continue;
            if (view.PublishedBy(member) is not { } node)
                return [];
            candidates.Add(new Candidate(region, node, shards));
        }

        return candidates;
    }

    private bool CanRun(Candidate candidate, string name) => Eligibility.ExplainRefusal(view.Desired, candidate.Node, name, candidate.Shards.Where(shard => shard != name)) is null;

    /// <summary>Returns the best node for a deployment: the preferred one, otherwise the one with the fewest.</summary>
    private Candidate? Best(IEnumerable<Candidate> candidates, string name) =>
        candidates.Where(each => CanRun(each, name)).MinBy(each => (each.Node.Name != view.Desired.Find(name)?.Node, each.Shards.Count, each.Node.Name));

    private sealed record Candidate(IActorRef Region, ClusterNode Node, IImmutableList<string> Shards);
}
