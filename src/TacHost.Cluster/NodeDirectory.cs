using Akka.Actor;
using Akka.DistributedData;
using AkkaCluster = Akka.Cluster.Cluster;

namespace TacHost.Cluster;

/// <summary>Publishes what this node runs, and reads what all nodes run, in distributed data: a text of JSON for each node.</summary>
internal sealed class NodeDirectory : ReceiveActor
{
    private static readonly LWWDictionaryKey<string, string> _key = new("nodes");

    public NodeDirectory(AkkaCluster cluster, ClusterView view)
    {
        var replicator = DistributedData.Get(Context.System).Replicator;
        replicator.Tell(Dsl.Subscribe(_key, Self));
        Receive<string>(text => replicator.Tell(Dsl.Update(_key, LWWDictionary<string, string>.Empty, WriteLocal.Instance, all => all.SetItem(cluster, view.OwnKey, text))));
        Receive<Changed>(changed => view.SetPublished(changed.Get(_key)));
        ReceiveAny(_ => { });
    }
}
