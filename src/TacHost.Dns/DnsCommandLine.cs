using System.Net;
using TacHost.Services.Plugins;

namespace TacHost.Dns;

/// <summary>The command line of <c>dns</c>.</summary>
public sealed class DnsCommandLine : IPostOptions
{
    /// <summary>Gets or sets the port to listen on.</summary>
    [Option("port", 'p', "the port to listen on, for UDP and TCP")]
    public Port Port { get; set; } = 53;

    /// <summary>Gets or sets the interface to listen on.</summary>
    [Option("iface", 'i', "the interface to listen on")]
    public Iface Iface { get; set; } = "localhost";

    /// <summary>Gets or sets the value of <see cref="DnsOptions.Zones"/>.</summary>
    [Option("zone", 'z', "a zone file in BIND's format, for which the server is authoritative")]
    public IReadOnlyList<DnsZoneFile> Zones { get; set; } = [];

    /// <summary>Gets or sets the value of <see cref="DnsOptions.ClusterZones"/>.</summary>
    [Option("cluster", "a zone with the deployments of a cluster, from the node on this machine with that directory")]
    public IReadOnlyList<DnsClusterZone> ClusterZones { get; set; } = [];

    /// <summary>Gets or sets the value of <see cref="DnsOptions.HostsFile"/>.</summary>
    [Option("hosts", "a file such as /etc/hosts, for names outside of the zones")]
    public ExistingFile? Hosts { get; set; }

    /// <summary>Gets or sets the value of <see cref="DnsOptions.Upstreams"/>.</summary>
    [Option("forward", 'f', "a server to forward all other questions to; the first that answers is used")]
    public IReadOnlyList<DnsUpstream> Upstreams { get; set; } = [];

    /// <summary>Gets or sets the value of <see cref="DnsOptions.Allowed"/>.</summary>
    [Option("allow", 'a', "a network whose questions are forwarded", DefaultText = "this machine")]
    public IReadOnlyList<IPNetwork> Allowed { get; set; } = DnsOptions.Loopback;

    /// <summary>Gets or sets the value of <see cref="DnsOptions.CacheSize"/>.</summary>
    [Option("cache-size", 'c', "the size of the cache of forwarded answers; 0 disables it", Minimum = 0)]
    public ByteSize CacheSize { get; set; } = 8_000_000;

    /// <summary>Gets or sets the value of <see cref="DnsOptions.Timeout"/>.</summary>
    [Option("timeout", "the time to wait for a server before the next one is asked", Minimum = 0.001, Maximum = 60)]
    public TimeSpan Timeout { get; set; } = TimeSpan.FromSeconds(2);

    /// <inheritdoc/>
    public void PostOptions()
    {
        if (Zones.Count == 0 && ClusterZones.Count == 0 && Hosts is null && Upstreams.Count == 0)
            throw new UsageException("--zone, --cluster, --hosts or --forward is missing: the server would have no answers.");
    }
}
