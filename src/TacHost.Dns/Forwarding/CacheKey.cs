using TacHost.Dns.Messages;

namespace TacHost.Dns.Forwarding;

/// <summary>The key of a cached answer: everything that the answer depends on.</summary>
internal readonly record struct CacheKey(DnsName Name, RecordType Type, bool DnssecOk, bool CheckingDisabled);
