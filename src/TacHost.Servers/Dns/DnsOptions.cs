using System.Net;
using TacHost.Services.Networking;

namespace TacHost.Servers.Dns;

/// <summary>What a <see cref="DnsServer"/> answers, and to whom.</summary>
public sealed record DnsOptions
{
    /// <summary>The zones that it is responsible for. Each file is read again when it has changed. Defaults to none.</summary>
    public IReadOnlyList<DnsZoneFile> Zones { get; init; } = [];

    /// <summary>A file such as <c>/etc/hosts</c>, for names that are in no zone: A, AAAA and PTR. Read again when it has changed. Defaults to null: none.</summary>
    public string? HostsFile { get; init; }

    /// <summary>Who is asked for everything else: the first that answers; one that has not answered comes last for half a minute. Defaults to none: everything else is refused.</summary>
    public IReadOnlyList<DnsUpstream> Upstreams { get; init; } = [];

    /// <summary>From where questions are forwarded, and answered from the cache. What is in zones and in the hosts file everybody may ask. Defaults to the loopback networks.</summary>
    public IReadOnlyList<IPNetwork> Allowed { get; init; } = Loopback;

    /// <summary>How many bytes of answers are kept; those that were not asked for longest make room. 0 keeps none. Defaults to 8 million.</summary>
    public long CacheSize { get; init; } = 8_000_000;

    /// <summary>How long an upstream has to answer before the next one is asked. Each is asked twice. Defaults to 2 seconds.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>How many connections there may be over TCP, and how long one may be idle. Defaults to 500 in all, 100 for each address, and 30 seconds.</summary>
    public ConnectionLimits Limits { get; init; } = new() { Connections = 500, ConnectionsPerAddress = 100, IdleTimeout = TimeSpan.FromSeconds(30) };

    /// <summary>The clock. Defaults to the system's.</summary>
    public TimeProvider TimeProvider { get; init; } = TimeProvider.System;

    /// <summary>The networks of this machine alone.</summary>
    internal static IReadOnlyList<IPNetwork> Loopback { get; } = [IPNetwork.Parse("127.0.0.0/8"), IPNetwork.Parse("::1/128")];
}
