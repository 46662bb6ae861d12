using TacHost.Services;
using TacHost.Services.Plugins;

namespace TacHost.Dns;

/// <summary>The plugin that creates a <see cref="DnsServer"/> from the command line.</summary>
[Plugin("dns", "Answers DNS questions from zone files, a cluster and a hosts file, and forwards others with a cache.")]
public sealed class DnsServiceMaker : ServiceMaker<DnsCommandLine>
{
    /// <inheritdoc/>
    protected override IService MakeService(DnsCommandLine options)
    {
        ArgumentNullException.ThrowIfNull(options);
        return new DnsServer(options.Port, options.Iface, new DnsOptions
        {
            Zones = options.Zones,
            ClusterZones = options.ClusterZones,
            HostsFile = options.Hosts?.Path,
            Upstreams = options.Upstreams,
            Allowed = options.Allowed,
            CacheSize = options.CacheSize,
            Timeout = options.Timeout,
        });
    }
}
