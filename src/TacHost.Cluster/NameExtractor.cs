using Akka.Cluster.Sharding;

namespace TacHost.Cluster;

/// <summary>Gives each deployment a shard of its own, so that it moves alone.</summary>
internal sealed class NameExtractor : HashCodeMessageExtractor
{
    public NameExtractor()
        : base(1)
    {
    }

    /// <inheritdoc/>
    public override string? EntityId(object message) => null;

    /// <inheritdoc/>
    public override string ShardId(string entityId, object? messageHint = null) => entityId;
}
