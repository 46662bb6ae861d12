using System.Globalization;
using Akka.Actor;
using Akka.Configuration;
using TacHost.CommandLine;

namespace TacHost.Cluster;

/// <summary>The configuration of Akka.NET. Each setting here differs from its default for a reason that ADR 60 names.</summary>
internal static class ClusterConfig
{
    /// <summary>The name of the actor system, which is part of all addresses.</summary>
    public const string SystemName = "tachost";

    public static string Protocol(ClusterOptions options) => options.Tls is null ? "akka.tcp" : "akka.ssl.tcp";

    public static string RoleOf(string node) => $"node-{node}";

    /// <summary>Returns the interval of requests for deployments that run nowhere.</summary>
    public static TimeSpan KeepAliveInterval(ClusterOptions options) => TimeSpan.FromSeconds(options.IsFast ? 0.5 : 2);

    /// <summary>Returns the interval of the questions of a seed that has not joined, and the longest time until others have taken over from a node that is silent.</summary>
    public static (TimeSpan Interval, TimeSpan TakeOver) Bootstrap(ClusterOptions options) =>
        (TimeSpan.FromSeconds(options.IsFast ? 0.25 : 1), TimeSpan.FromSeconds(options.IsFast ? 10 : 50));

    public static Config For(ClusterOptions options, TimeSpan longestStop)
    {
        var stop = Seconds(longestStop + TimeSpan.FromSeconds(10));
        var text = $$"""
            akka {
              loglevel = WARNING
              stdout-loglevel = OFF
              loggers = ["{{typeof(AkkaLog).FullName}}, {{typeof(AkkaLog).Assembly.GetName().Name}}"]
              log-dead-letters = off
              log-dead-letters-during-shutdown = off
              scheduler.tick-duration = 50ms
              actor.provider = cluster
              actor.serializers.json = "{{typeof(RefusingSerializer).FullName}}, {{typeof(RefusingSerializer).Assembly.GetName().Name}}"
              remote.dot-netty.tcp {
                hostname = "{{options.Host}}"
                port = {{options.Port}}
                enable-ssl = {{(options.Tls is null ? "off" : "on")}}
              }
              coordinated-shutdown {
                exit-clr = off
                run-by-clr-shutdown-hook = off
                phases.cluster-sharding-shutdown-region.timeout = {{stop}}
                phases.cluster-exiting.timeout = 20s
              }
              cluster {
                roles = ["{{RoleOf(options.Node)}}"]
                min-nr-of-members = {{options.Majority}}
                log-info = off
                run-coordinated-shutdown-when-down = off
                downing-provider-class = "Akka.Cluster.SBR.SplitBrainResolverProvider, Akka.Cluster"
                split-brain-resolver.active-strategy = keep-majority
                sharding {
                  rebalance-interval = {{(options.IsFast ? "500ms" : "2s")}}
                  state-store-mode = ddata
                  remember-entities = off
                  passivate-idle-entity-after = off
                  handoff-timeout = {{stop}}
                }
                distributed-data.durable { keys = [], store-actor-class = "{{typeof(NoStore).FullName}}, {{typeof(NoStore).Assembly.GetName().Name}}" }
                sharding.distributed-data.durable.keys = []
              }
            }
            """;
        return ConfigurationFactory.ParseString((options.IsFast ? Fast : "") + text).WithFallback(ClusterSharding()).WithFallback(ConfigurationFactory.Default());
    }

    private static Config ClusterSharding() =>
        Akka.Cluster.Sharding.ClusterSharding.DefaultConfig()
            .WithFallback(Akka.Cluster.Tools.Singleton.ClusterSingleton.DefaultConfig())
            .WithFallback(Akka.DistributedData.DistributedData.DefaultConfig());

    /// <summary>For nodes in one network: others take over after about 10 s.</summary>
    private const string Fast = """
        akka.cluster {
          failure-detector { heartbeat-interval = 250ms, acceptable-heartbeat-pause = 1500ms, expected-response-after = 500ms }
          gossip-interval = 250ms
          leader-actions-interval = 250ms
          unreachable-nodes-reaper-interval = 250ms
          split-brain-resolver.stable-after = 3s
          down-removal-margin = 3s
          seed-node-timeout = 2s
          sharding { retry-interval = 500ms, waiting-for-state-timeout = 2s, updating-state-timeout = 2s }
          singleton.hand-over-retry-interval = 500ms
          distributed-data { gossip-interval = 500ms, notify-subscribers-interval = 100ms }
        }

        """;

    /// <summary>Named because Akka.NET resolves the class even if nothing is to be stored. Never created.</summary>
    private sealed class NoStore : UntypedActor
    {
        protected override void OnReceive(object message) => Unhandled(message);
    }

    private static string Seconds(TimeSpan time) => string.Create(CultureInfo.InvariantCulture, $"{time.TotalSeconds:0}s");
}
