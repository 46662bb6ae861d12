using TacHost.Dns.Messages;

namespace TacHost.Dns.Forwarding;

/// <summary>The key of a cached answer: everything that the answer depends on.</summary>
internal readonly record struct AnswerCacheKey(DnsName Name, RecordType Type, bool DnssecOk, bool CheckingDisabled);
