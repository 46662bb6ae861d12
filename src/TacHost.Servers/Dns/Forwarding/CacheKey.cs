using TacHost.Servers.Dns.Messages;

namespace TacHost.Servers.Dns.Forwarding;

/// <summary>What answers depend on.</summary>
internal readonly record struct CacheKey(DnsName Name, RecordType Type, bool DnssecOk, bool CheckingDisabled);
