using System.Net;
using TacHost.Services;
using TacHost.Services.Networking;

namespace TacHost.Dns;

/// <summary>The settings of a <see cref="DnsServer"/>: its sources of answers, and the permitted clients.</summary>
public sealed record DnsOptions
{
    /// <summary>Gets the zones that the server is authoritative for. A changed file is read again. Defaults to an empty list.</summary>
    public IReadOnlyList<DnsZoneFile> Zones { get; init; } = [];

    /// <summary>Gets the zones with the deployments of a cluster. Defaults to an empty list.</summary>
    /// <remarks>
    /// The node on this machine is asked twice a second. While it does not answer, the last records are served for 30 seconds; then every
    /// question gets SERVFAIL. All records have a TTL of 2 seconds.
    /// </remarks>
    public IReadOnlyList<DnsClusterZone> ClusterZones { get; init; } = [];

    /// <summary>Gets a file such as <c>/etc/hosts</c>, for names outside the zones: A, AAAA and PTR. A changed file is read again. Defaults to null: no file.</summary>
    public string? HostsFile { get; init; }

    /// <summary>Gets the servers that all other questions are forwarded to. Defaults to an empty list: all other questions are refused.</summary>
    /// <remarks>The servers are tried in order until one answers. A server that has not answered is tried last for half a minute.</remarks>
    public IReadOnlyList<DnsUpstream> Upstreams { get; init; } = [];

    /// <summary>Gets the networks whose questions are forwarded or answered from the cache. Defaults to the loopback networks.</summary>
    /// <remarks>Questions about zones and the hosts file are answered for every client.</remarks>
    public IReadOnlyList<IPNetwork> Allowed { get; init; } = Loopback;

    /// <summary>Gets the size of the cache in bytes. The least recently used answers are evicted first. 0 disables the cache. Defaults to 8 million.</summary>
    public long CacheSize { get; init => field = SettingRange.AtLeast(value, 0); } = 8_000_000;

    /// <summary>Gets the time to wait for an upstream before the next one is tried. Each upstream is tried twice. Defaults to 2 seconds.</summary>
    public TimeSpan Timeout { get; init => field = SettingRange.Timeout(value); } = TimeSpan.FromSeconds(2);

    /// <summary>Gets the limits of TCP connections. Defaults to 500 connections in total, 100 for each address, and an idle timeout of 30 seconds.</summary>
    public ConnectionLimits Limits { get; init; } = new() { MaxConnections = 500, MaxConnectionsPerAddress = 100, IdleTimeout = TimeSpan.FromSeconds(30) };

    /// <summary>Gets the clock. Defaults to the system clock.</summary>
    public TimeProvider TimeProvider { get; init; } = TimeProvider.System;

    internal static IReadOnlyList<IPNetwork> Loopback { get; } = [IPNetwork.Parse("127.0.0.0/8"), IPNetwork.Parse("::1/128")];
}
