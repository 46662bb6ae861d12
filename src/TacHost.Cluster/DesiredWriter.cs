using System.Text.Json;
using Akka.Actor;
using Akka.DistributedData;
using TacHost.Control.Wire;
using AkkaCluster = Akka.Cluster.Cluster;

namespace TacHost.Cluster;

/// <summary>Changes the desired state. There is one in the cluster, so that changes come one after another.</summary>
internal sealed class DesiredWriter : ReceiveActor
{
    private static readonly TimeSpan _timeout = TimeSpan.FromSeconds(3);

    private readonly AkkaCluster _cluster;
    private readonly IActorRef _replicator;

    public DesiredWriter(AkkaCluster cluster)
    {
        (_cluster, _replicator) = (cluster, DistributedData.Get(Context.System).Replicator);
        ReceiveAsync<string>(async text =>
        {
            var sender = Sender;
            sender.Tell(await ChangeAsync(text));
        });
    }

    /// <returns>Empty, or the reason why the state was not changed.</returns>
    private async Task<string> ChangeAsync(string text)
    {
        try
        {
            var desired = DesiredText.Read(text);
            var answer = await _replicator.Ask<IGetResponse>(Dsl.Get(DesiredReplica.Key, new ReadMajority(_timeout)));
            if (answer is not GetSuccess and not NotFound)
                return "a majority of the nodes did not answer. Try again.";
            var version = answer is GetSuccess success ? DesiredText.Read(success.Get(DesiredReplica.Key).Value).Version : 0;
            if (desired.Version != version + 1)
                return $"the desired state of the cluster has version {version} by now, so that version {desired.Version} is not the next one. Look at it again.";
            var written = await _replicator.Ask<IUpdateResponse>(Dsl.Update(DesiredReplica.Key, DesiredReplica.Register(_cluster, new ClusterSet()), new WriteMajority(_timeout), _ => DesiredReplica.Register(_cluster, desired)));
            return written is UpdateSuccess ? "" : "the change was made, but a majority of the nodes did not confirm it. If this node is lost now, the change may be, too.";
        }
        catch (JsonException e)
        {
            return $"the text is not that of a desired state: {e.Message}";
        }
    }
}
