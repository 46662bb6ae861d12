using System.Collections.Immutable;
using System.Net;
using System.Text.Json;
using Akka.Actor;
using Akka.Cluster;
using TacHost.CommandLine;
using TacHost.Control.Wire;
using AkkaCluster = Akka.Cluster.Cluster;

namespace TacHost.Cluster;

/// <summary>The cluster as this node knows it. Read and changed by any thread.</summary>
internal sealed class ClusterView(ClusterOptions options, ClusterSet desired)
{
    private const string RolePrefix = "node-";

    private readonly Lock _gate = new();
    private volatile AkkaCluster? _cluster;
    private ImmutableDictionary<string, ClusterNode> _published = ImmutableDictionary<string, ClusterNode>.Empty;
    private IReadOnlyList<ClusterUnit> _own = [];
    private string _ownText = "";
    private ClusterSet _desired = desired;

    public string OwnAddress { get; } = new IPEndPoint(IPAddress.Parse(options.Host), options.Port).ToString();

    /// <summary>Gets the key of this node among what nodes publish.</summary>
    public string OwnKey => OwnAddress;

    public ClusterSet Desired
    {
        get
        {
            lock (_gate)
                return _desired;
        }
    }

    public EventLog Events { get; } = new();

    /// <summary>Begins to show the members of a cluster.</summary>
    public void Follow(AkkaCluster cluster) => _cluster = cluster;

    /// <summary>Sets what this node publishes.</summary>
    /// <returns>The text to publish, or null if it is the same as before.</returns>
    public string? SetOwn(IReadOnlyList<ClusterUnit> units, long followed)
    {
        var text = JsonSerializer.Serialize(new ClusterNode { Name = options.Node, Address = OwnAddress, Version = HostVersion.Text, Roles = options.Roles, Followed = followed, Units = units }, ControlJson.Default.ClusterNode);
        lock (_gate)
        {
            _own = units;
            if (text == _ownText)
                return null;
            _ownText = text;
        }

        return text;
    }

    public void SetPublished(IEnumerable<KeyValuePair<string, string>> entries)
    {
        var published = entries.ToImmutableDictionary(entry => entry.Key, entry => JsonSerializer.Deserialize(entry.Value, ControlJson.Default.ClusterNode)!);
        ImmutableDictionary<string, ClusterNode> old;
        lock (_gate)
            (old, _published) = (_published, published);
        foreach (var (key, node) in published)
        {
            if (old.GetValueOrDefault(key) is { } before)
                Events.Compare(before, node);
        }
    }

    /// <summary>Sets the desired state.</summary>
    /// <returns>False if the state is not newer than the present one, and is ignored.</returns>
    public bool SetDesired(ClusterSet desired)
    {
        lock (_gate)
        {
            if (desired.Version <= _desired.Version)
                return false;
            _desired = desired;
        }

        Events.OfDesired(desired.Version);
        return true;
    }

    /// <summary>Gets the names of the deployments of this node that are to run on some node.</summary>
    public IReadOnlyList<string> OwnNames
    {
        get
        {
            lock (_gate)
                return [.. _own.Where(unit => (unit.Hash ?? unit.Ready) is not null && _desired.Wants(unit.Name)).Select(unit => unit.Name)];
        }
    }

    /// <summary>Gets whether enough nodes have joined for deployments to be placed.</summary>
    public bool IsReady => _cluster is { } cluster && cluster.SelfMember.Status == MemberStatus.Up;

    /// <summary>Gets whether there is another node that can take deployments over.</summary>
    public bool HasOthers => _cluster is { } cluster && cluster.State.Members.Any(member => member.Status == MemberStatus.Up && member.Address != cluster.SelfAddress && !cluster.State.Unreachable.Contains(member));

    /// <summary>Returns whether this node has a deployment that is to run.</summary>
    public bool IsWanted(string name) => OwnNames.Contains(name);

    /// <summary>Returns an epoch that is larger than each one known of a deployment.</summary>
    public long NextEpoch(string name)
    {
        lock (_gate)
        {
            var known = _published.Values.SelectMany(node => node.Units).Concat(_own).Where(unit => unit.Name == name).Max(unit => unit.Epoch) ?? 0;
            return Math.Max(known + 1, TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds());
        }
    }

    /// <summary>Returns what a member has published, or null if that is not known yet.</summary>
    public ClusterNode? PublishedBy(Member member)
    {
        lock (_gate)
            return _published.GetValueOrDefault(AddressOf(member.Address)) is { } node && node.Name == NameOf(member) ? node : null;
    }

    /// <summary>Returns the report for <c>tachost cluster</c>.</summary>
    public ClusterReport Report()
    {
        if (_cluster is not { } cluster)
            return new ClusterReport { Node = options.Node };
        var state = cluster.State;
        return new ClusterReport
        {
            Node = options.Node,
            Ready = IsReady,
            Desired = Desired,
            Nodes = [.. state.Members.Select(member => (PublishedBy(member) ?? new ClusterNode { Name = NameOf(member), Address = AddressOf(member.Address) }) with { State = StateOf(member, state.Unreachable) }).OrderBy(node => node.Name, StringComparer.Ordinal)],
        };
    }

    public Address? AddressOf(string node) =>
        _cluster?.State is { } state ? state.Members.FirstOrDefault(member => NameOf(member) == node && !state.Unreachable.Contains(member))?.Address : null;

    /// <summary>Returns the address of an older node that has the name of this one, or null. The name is then that node's.</summary>
    public string? OwnerOfName()
    {
        if (_cluster is not { } cluster)
            return null;
        var (state, self) = (cluster.State, cluster.SelfMember);
        var other = state.Members.FirstOrDefault(member => member.UniqueAddress != self.UniqueAddress && NameOf(member) == options.Node && member.Status is MemberStatus.Joining or MemberStatus.WeaklyUp or MemberStatus.Up && !state.Unreachable.Contains(member));
        return other is not null && other.IsOlderThan(self) ? AddressOf(other.Address) : null;
    }

    public static string NameOf(Member member) => member.Roles.FirstOrDefault(role => role.StartsWith(RolePrefix, StringComparison.Ordinal))?[RolePrefix.Length..] ?? "";

    /// <summary>Returns the address of a member as users write it.</summary>
    public static string AddressOf(Address address) => $"{(address.Host.Contains(':', StringComparison.Ordinal) ? $"[{address.Host}]" : address.Host)}:{address.Port}";

    private static string StateOf(Member member, ImmutableHashSet<Member> unreachable) => unreachable.Contains(member) ? "unreachable" : member.Status switch
    {
        MemberStatus.Up => "up",
        MemberStatus.Leaving or MemberStatus.Exiting => "leaving",
        MemberStatus.Down or MemberStatus.Removed => "down",
        _ => "joining",
    };
}
