using Akka.Actor;
using Akka.Actor.Setup;
using Akka.Cluster.Sharding;
using Microsoft.Extensions.Logging;
using TacHost.CommandLine;
using TacHost.Control.Wire;
using TacHost.Fleet;
using AkkaCluster = Akka.Cluster.Cluster;

namespace TacHost.Cluster;

/// <summary>Has Akka.NET's cluster sharding decide which node runs a deployment: one shard, and in it one entity, for each.</summary>
internal sealed class ClusterPlacement : IPlacement
{
    private const string ShardType = "deployments";

    private readonly ClusterOptions _options;
    private readonly TimeSpan _longestStop;
    private readonly ClusterView _view;
    private ActorSystem? _system;
    private IActorRef? _directory;
    private volatile bool _isLeaving;
    private int _isAbandoned;

    /// <param name="options">The options of the node.</param>
    /// <param name="longestStop">How long a deployment may take to be off, a start that is under way included.</param>
    public ClusterPlacement(ClusterOptions options, TimeSpan longestStop)
    {
        (_options, _longestStop) = (options, longestStop);
        _view = new ClusterView(options);
    }

    /// <inheritdoc/>
    public Task JoinAsync(IPlacedFleet fleet, ILogger log, CancellationToken cancellationToken)
    {
        AkkaLog.Target = log;
        var tls = _options.Tls is { } files ? NodeCertificate.Read(files) : null;
        var setup = BootstrapSetup.Create().WithConfig(ClusterConfig.For(_options, _longestStop));
        var system = _system = CreateSystem(tls is null ? ActorSystemSetup.Create(setup) : ActorSystemSetup.Create(setup, tls.Setup()));
        var cluster = AkkaCluster.Get(system);
        _view.Follow(cluster);
        cluster.RegisterOnMemberRemoved(() => AbandonUnlessLeaving(fleet));
        system.WhenTerminated.ContinueWith(_ => AbandonUnlessLeaving(fleet), CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);
        system.ActorOf(Props.Create(() => new MembershipWatch(cluster, log, () => AbandonUnlessLeaving(fleet))), "membership");
        _directory = system.ActorOf(Props.Create(() => new NodeDirectory(cluster, _view)), "directory");
        var settings = ClusterShardingSettings.Create(system);
        var region = ClusterSharding.Get(system).Start(
            ShardType, name => Props.Create(() => new DeploymentEntity(name, fleet, _view, log)), settings, new NameExtractor(), new LeastLoadedAllocation(cluster, _view), StopDeployment.Instance);
        system.ActorOf(Props.Create(() => new KeepAlive(region, _view, ClusterConfig.KeepAliveInterval(_options))), "keep-alive");
        cluster.JoinSeedNodes(_options.Seeds.Select(seed => Address.Parse($"{ClusterConfig.Protocol(_options)}://{ClusterConfig.SystemName}@{seed}")));
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public void Publish(IReadOnlyList<ClusterUnit> units)
    {
        var text = _view.SetOwn(units);
        if (text is not null)
            _directory?.Tell(text);
    }

    /// <inheritdoc/>
    public async Task LeaveAsync()
    {
        _isLeaving = true;
        if (_system is { } system && _view.HasOthers)
            await CoordinatedShutdown.Get(system).Run(CoordinatedShutdown.ClusterLeavingReason.Instance);
    }

    /// <inheritdoc/>
    public ClusterReport Report() => _view.Report();

    private ActorSystem CreateSystem(ActorSystemSetup setup)
    {
        try
        {
            return ActorSystem.Create(ClusterConfig.SystemName, setup);
        }
        catch (Exception e) when (Cause(e) is System.Net.Sockets.SocketException cause)
        {
            throw new TacHostException(ExitCode.Unavailable, $"node '{_options.Node}' cannot listen on {_view.OwnAddress} for other nodes: {cause.Message}. Choose another address with --listen.", e);
        }
    }

    private static Exception Cause(Exception e) => e is AggregateException { InnerExceptions: [var first, ..] } ? Cause(first) : e.InnerException is { } inner ? Cause(inner) : e;

    /// <summary>A node that was removed from the cluster, and had not asked for that, has lost its deployments to others.</summary>
    private void AbandonUnlessLeaving(IPlacedFleet fleet)
    {
        if (!_isLeaving && Interlocked.Exchange(ref _isAbandoned, 1) == 0)
            fleet.Abandon("it was taken for dead, or is on the smaller side of a broken network");
    }
}
