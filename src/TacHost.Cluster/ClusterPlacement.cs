using System.Text.Json;
using Akka.Actor;
using Akka.Actor.Setup;
using Akka.Cluster.Sharding;
using Akka.Cluster.Tools.Singleton;
using Microsoft.Extensions.Logging;
using TacHost.CommandLine;
using TacHost.Control.Wire;
using TacHost.Fleet;
using AkkaCluster = Akka.Cluster.Cluster;

namespace TacHost.Cluster;

/// <summary>Has Akka.NET's cluster sharding decide which node runs a deployment: one shard, and in it one entity, for each.</summary>
internal sealed class ClusterPlacement : IPlacement
{
    private const string ShardType = "deployments", Writer = "desired-writer";

    private const string Dead = "it was taken for dead, or is on the smaller side of a broken network";

    /// <summary>The time for a question to another node, which looks for the answer in its memory or in a file.</summary>
    private static readonly TimeSpan _timeout = TimeSpan.FromSeconds(10);

    private readonly ClusterOptions _options;
    private readonly TimeSpan _longestStop;
    private readonly DesiredFile _file;
    private readonly ClusterView _view;
    private ActorSystem? _system;
    private IActorRef? _directory;
    private IActorRef? _writer;
    private volatile bool _isLeaving;
    private int _isAbandoned;

    /// <param name="options">The options of the node.</param>
    /// <param name="longestStop">The maximum time until a deployment is off, including a start that is under way.</param>
    /// <param name="directory">The directory for the persistent state of the node.</param>
    public ClusterPlacement(ClusterOptions options, TimeSpan longestStop, string directory)
    {
        (_options, _longestStop, _file) = (options, longestStop, new DesiredFile(directory));
        _view = new ClusterView(options, _file.Read());
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
        cluster.RegisterOnMemberRemoved(() => AbandonUnlessLeaving(fleet, Dead));
        system.WhenTerminated.ContinueWith(_ => AbandonUnlessLeaving(fleet, Dead), CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);
        system.ActorOf(Props.Create(() => new MembershipWatch(cluster, _options.Majority, log, _view.Events, () => AbandonUnlessLeaving(fleet, Dead), () => AbandonUnlessLeaving(fleet, $"fewer than {_options.Majority} nodes are left, which is no majority"))), "membership");
        _directory = system.ActorOf(Props.Create(() => new NodeDirectory(cluster, _view)), "directory");
        system.ActorOf(Props.Create(() => new DesiredReplica(cluster, _view, _file, log)), "desired");
        system.ActorOf(Props.Create(() => new LogReader(fleet)), LogReader.Name);
        system.ActorOf(ClusterSingletonManager.Props(Props.Create(() => new DesiredWriter(cluster)), PoisonPill.Instance, ClusterSingletonManagerSettings.Create(system)), Writer);
        _writer = system.ActorOf(ClusterSingletonProxy.Props($"/user/{Writer}", ClusterSingletonProxySettings.Create(system)), $"{Writer}-proxy");
        var settings = ClusterShardingSettings.Create(system);
        var region = ClusterSharding.Get(system).Start(
            ShardType, name => Props.Create(() => new DeploymentEntity(name, fleet, _view, log)), settings, new NameExtractor(), new LeastLoadedAllocation(cluster, _view), StopDeployment.Instance);
        system.ActorOf(Props.Create(() => new KeepAlive(region, _view, ClusterConfig.KeepAliveInterval(_options), () => Refuse(fleet))), "keep-alive");
        List<Address> seeds = [.. _options.Seeds.Select(seed => Address.Parse($"{ClusterConfig.Protocol(_options)}://{ClusterConfig.SystemName}@{seed}"))];
        system.ActorOf(Props.Create(() => new ClusterBootstrap(cluster, seeds, ClusterConfig.Bootstrap(_options), log, () => AbandonUnlessLeaving(fleet, "another cluster with these seeds exists, which this node joins when it starts again"))), ClusterBootstrap.Name);
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public ClusterSet Desired => _view.Desired;

    /// <inheritdoc/>
    public void Publish(IReadOnlyList<ClusterUnit> units, long followed)
    {
        var text = _view.SetOwn(units, followed);
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

    /// <inheritdoc/>
    public async Task ChangeAsync(ClusterSet desired)
    {
        var problem = !_view.IsReady || _writer is null
            ? "not enough nodes have joined yet. Try again when 'tachost cluster nodes' shows them as up."
            : await AskAsync(_writer, DesiredText.Of(desired)) ?? "the node that keeps the desired state did not answer. Try again.";
        if (problem.Length > 0)
            throw new TacHostException(ExitCode.TimedOut, problem);
    }

    /// <inheritdoc/>
    public ClusterEvents EventsAfter(long number) => _view.Events.After(number);

    /// <inheritdoc/>
    public async Task<LogPage> ReadLogAsync(string node, LogQuestion question)
    {
        var address = _view.AddressOf(node) ?? throw new TacHostException(ExitCode.Unavailable, $"node '{node}' cannot be reached.");
        return await AskAsync(_system!.ActorSelection($"{address}/user/{LogReader.Name}"), JsonSerializer.Serialize(question, ControlJson.Default.LogQuestion)) is { } answer
            ? JsonSerializer.Deserialize(answer, ControlJson.Default.LogPage)!
            : throw new TacHostException(ExitCode.TimedOut, $"node '{node}' did not answer within {_timeout.TotalSeconds:0} s.");
    }

    /// <summary>Returns null if there is no answer.</summary>
    private static async Task<string?> AskAsync(ICanTell target, string question)
    {
        try
        {
            return await target.Ask<string>(question, _timeout);
        }
        catch (AskTimeoutException)
        {
            return null;
        }
    }

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

    /// <summary>Ends a node that has the name of another one.</summary>
    private void Refuse(IPlacedFleet fleet)
    {
        if (_view.OwnerOfName() is { } address && Interlocked.Exchange(ref _isAbandoned, 1) == 0)
            fleet.Abandon($"the node at {address} has the same name, '{_options.Node}'. Start this one with another --node");
    }

    /// <summary>Ends the deployments and the node, unless it is leaving: others have taken over, or no majority is left.</summary>
    private void AbandonUnlessLeaving(IPlacedFleet fleet, string reason)
    {
        if (!_isLeaving && Interlocked.Exchange(ref _isAbandoned, 1) == 0)
            fleet.Abandon(reason);
    }
}
