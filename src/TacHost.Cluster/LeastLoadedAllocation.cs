using System.Collections.Immutable;
using Akka.Actor;
using Akka.Cluster;
using Akka.Cluster.Sharding;
using TacHost.Control.Wire;
using AkkaCluster = Akka.Cluster.Cluster;

namespace TacHost.Cluster;

/// <summary>Places a deployment on the node that can run it and runs the fewest. Moves one at a time.</summary>
internal sealed class LeastLoadedAllocation(AkkaCluster cluster, ClusterView view) : IShardAllocationStrategy
{
    /// <inheritdoc/>
    /// <returns>The region; or a task that never ends if no node can run the deployment, as far as is known. The next question of the region asks anew.</returns>
    public Task<IActorRef> AllocateShard(IActorRef requester, string shardId, IImmutableDictionary<IActorRef, IImmutableList<string>> currentShardAllocations)
    {
        var candidates = Candidates(currentShardAllocations).Where(each => CanRun(each.Node, shardId)).ToList();
        return candidates.Count > 0
            ? Task.FromResult(candidates.MinBy(each => (each.Shards.Count, each.Node.Name))!.Region)
            : new TaskCompletionSource<IActorRef>().Task;
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
                var others = candidates.Where(each => each.Region != from.Region && CanRun(each.Node, shard)).ToList();
                if (others.Count > 0 && (!CanRun(from.Node, shard) || others.Min(each => each.Shards.Count) + 1 < from.Shards.Count))
                    return Task.FromResult(none.Add(shard));
            }
        }

        return Task.FromResult(none);
    }

    /// <summary>Returns the nodes that can be given a deployment; none while a node that is up has not said yet what it can run.</summary>
    private List<Candidate> Candidates(IImmutableDictionary<IActorRef, IImmutableList<string>> allocations)
    {
        var state = cluster.State;
        var members = state.Members.Where(member => member.Status == MemberStatus.Up && !state.Unreachable.Contains(member)).ToDictionary(member => member.Address);
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

    private static bool CanRun(ClusterNode node, string name) => node.Units.Any(unit => unit.Name == name && unit.Hash is not null);

    private sealed record Candidate(IActorRef Region, ClusterNode Node, IImmutableList<string> Shards);
}
