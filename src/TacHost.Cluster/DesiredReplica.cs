using Akka.Actor;
using Akka.DistributedData;
using Microsoft.Extensions.Logging;
using TacHost.Control.Wire;
using AkkaCluster = Akka.Cluster.Cluster;

namespace TacHost.Cluster;

/// <summary>The copy of the desired state on this node. Among copies, the highest version counts.</summary>
internal sealed class DesiredReplica : ReceiveActor
{
    public static readonly LWWRegisterKey<string> Key = new("desired");

    public DesiredReplica(AkkaCluster cluster, ClusterView view, DesiredFile file, ILogger log)
    {
        var replicator = DistributedData.Get(Context.System).Replicator;
        replicator.Tell(Dsl.Subscribe(Key, Self));
        if (view.Desired is { Version: > 0 } kept)
            replicator.Tell(Dsl.Update(Key, Register(cluster, new ClusterSet()), WriteLocal.Instance, other => other.Merge(Register(cluster, kept))));
        Receive<Changed>(changed =>
        {
            var desired = DesiredText.Read(changed.Get(Key).Value);
            if (view.SetDesired(desired))
                Save(desired, file, log);
        });
        ReceiveAny(_ => { });
    }

    /// <summary>Returns the form in which a state is in distributed data.</summary>
    public static LWWRegister<string> Register(AkkaCluster cluster, ClusterSet desired) =>
        new(cluster.SelfUniqueAddress, DesiredText.Of(desired), (_, _) => desired.Version);

    private static void Save(ClusterSet desired, DesiredFile file, ILogger log)
    {
        try
        {
            file.Write(desired);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            ClusterLog.CannotSave(log, e.Message);
        }
    }
}
