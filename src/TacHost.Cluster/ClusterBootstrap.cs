using Akka.Actor;
using Akka.Cluster;
using Microsoft.Extensions.Logging;
using AkkaCluster = Akka.Cluster.Cluster;

namespace TacHost.Cluster;

/// <summary>On a seed, joins the cluster that the other seeds know, or creates it. A cluster is created only if a majority of the seeds says that there is none.</summary>
/// <remarks>Akka.NET alone has the first seed create a cluster if the others are silent for some seconds. On a slow machine, they are silent although a cluster exists, and there are two. See ADR 79.</remarks>
internal sealed class ClusterBootstrap : ReceiveActor, IWithTimers
{
    public const string Name = "bootstrap";

    private const string Question = "member?", None = "none", WithAsker = "member with you", WithoutAsker = "member without you";

    private readonly AkkaCluster _cluster;
    private readonly IReadOnlyList<Address> _seeds;
    private readonly TimeSpan _interval;
    private readonly TimeSpan _takeOver;
    private readonly ILogger _log;
    private readonly long _began = TimeProvider.System.GetTimestamp();
    private readonly Dictionary<Address, (string Answer, long Time)> _answers = [];
    private bool _isJoining, _hasCreated, _hasLogged;

    /// <param name="cluster">The cluster.</param>
    /// <param name="seeds">The seeds, in the same order on every node. The first that is up creates the cluster.</param>
    /// <param name="times">The interval of the questions, and the time after which a silent seed runs nothing any more.</param>
    /// <param name="log">The log.</param>
    /// <param name="onOther">Called if the cluster of this node has no majority, and another one exists.</param>
    public ClusterBootstrap(AkkaCluster cluster, IReadOnlyList<Address> seeds, (TimeSpan Interval, TimeSpan TakeOver) times, ILogger log, Action onOther)
    {
        (_cluster, _seeds, (_interval, _takeOver), _log) = (cluster, seeds, times, log);
        Receive<Tick>(_ => Step());
        Receive<string>(text => text == Question, _ => Sender.Tell(AnswerTo(Sender.Path.Address)));
        Receive<string>(text =>
        {
            _answers[Sender.Path.Address] = (text, TimeProvider.System.GetTimestamp());
            if (text == WithoutAsker && _hasCreated && !IsUp)
                onOther();
        });
    }

    /// <inheritdoc/>
    public ITimerScheduler Timers { get; set; } = null!;

    /// <inheritdoc/>
    protected override void PreStart()
    {
        if (_seeds.Contains(_cluster.SelfAddress))
            Timers.StartPeriodicTimer("tick", Tick.Instance, TimeSpan.Zero, _interval);
        else
            _cluster.JoinSeedNodes(_seeds);
    }

    private IEnumerable<Address> Others => _seeds.Where(seed => seed != _cluster.SelfAddress);

    private bool IsUp => _cluster.SelfMember.Status is not (MemberStatus.Joining or MemberStatus.WeaklyUp or MemberStatus.Removed);

    private bool IsMember => _cluster.State.Members.Count > 0;

    private string AnswerTo(Address asker) =>
        !IsMember ? None : _cluster.State.Members.Any(member => member.Address == asker) ? WithAsker : WithoutAsker;

    private void Step()
    {
        if (IsUp)
        {
            Timers.Cancel("tick");
            return;
        }

        foreach (var seed in Others)
            Context.ActorSelection($"{seed}/user/{Name}").Tell(Question);
        if (IsMember)
            return;
        if (Others.Any(seed => AnswerOf(seed) is WithAsker or WithoutAsker))
        {
            if (!_isJoining)
                _cluster.JoinSeedNodes(Others);
            _isJoining = true;
        }
        else if (MayCreate())
        {
            _hasCreated = true;
            _cluster.Join(_cluster.SelfAddress);
        }
    }

    /// <summary>Returns whether this seed creates the cluster, of which no other seed is a member. The first seed does so once all others answer, and after a timeout the first seed that answers.</summary>
    private bool MayCreate()
    {
        List<Address> silent = [.. Others.Where(seed => AnswerOf(seed) is null)];
        var isFirst = _seeds.TakeWhile(seed => seed != _cluster.SelfAddress).All(silent.Contains);
        if (silent.Count == 0 || TimeProvider.System.GetElapsedTime(_began) < _takeOver)
            return isFirst && silent.Count == 0;
        if (_seeds.Count - silent.Count > _seeds.Count / 2)
            return isFirst;
        if (!_hasLogged)
            ClusterLog.Alone(_log, string.Join(", ", silent.Select(ClusterView.AddressOf)));
        _hasLogged = true;
        return false;
    }

    /// <summary>Returns what a seed has answered lately, or null.</summary>
    private string? AnswerOf(Address seed) =>
        _answers.TryGetValue(seed, out var last) && TimeProvider.System.GetElapsedTime(last.Time) < _takeOver ? last.Answer : null;

    private sealed class Tick
    {
        public static Tick Instance { get; } = new();
    }
}
