using System.Net;
using Microsoft.Extensions.Logging;
using TacHost.Dns.Messages;

namespace TacHost.Dns;

/// <summary>Every line that the DNS server logs.</summary>
internal static partial class DnsLog
{
    [LoggerMessage(1, LogLevel.Warning, "Open resolver: all clients in {Network} that can reach {LocalAddress} may have questions forwarded. A forwarder that is open to the Internet is used to flood others: allow no more than your own networks")]
    public static partial void ForwardsForOthers(ILogger logger, IPNetwork network, EndPoint localAddress);

    [LoggerMessage(2, LogLevel.Information, "the zone {Zone} has {Count} records, from '{File}'")]
    public static partial void ZoneLoaded(ILogger logger, DnsName zone, int count, string file);

    [LoggerMessage(3, LogLevel.Information, "'{File}' has changed and was read again")]
    public static partial void Reloaded(ILogger logger, string file);

    [LoggerMessage(4, LogLevel.Error, "{Reason}\n  The previous content stays in use until the file is corrected.")]
    public static partial void NotReloaded(ILogger logger, string reason);

    [LoggerMessage(5, LogLevel.Warning, "line {Line} of '{File}' is not an address and names, and was skipped")]
    public static partial void HostSkipped(ILogger logger, string file, int line);

    [LoggerMessage(6, LogLevel.Warning, "{Upstream} does not answer: {Reason}")]
    public static partial void UpstreamDown(ILogger logger, DnsUpstream upstream, string reason);

    [LoggerMessage(7, LogLevel.Information, "{Upstream} answers again")]
    public static partial void UpstreamUp(ILogger logger, DnsUpstream upstream);

    [LoggerMessage(8, LogLevel.Debug, "{Client} asks for {Name} {Type}: {Code}")]
    public static partial void Asked(ILogger logger, IPAddress? client, DnsName name, string type, ResponseCode code);

    [LoggerMessage(9, LogLevel.Error, "the question of {Client} has failed")]
    public static partial void Failed(ILogger logger, Exception failure, EndPoint client);

    [LoggerMessage(10, LogLevel.Warning, "The zone {Zone} keeps its records for {Seconds} s, because {Reason}")]
    public static partial void NodeDown(ILogger logger, DnsName zone, double seconds, string reason);

    [LoggerMessage(11, LogLevel.Information, "The node answers, and the zone {Zone} has {Count} records")]
    public static partial void NodeUp(ILogger logger, DnsName zone, int count);
}
