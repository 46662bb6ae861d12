namespace TacHost.Servers.Dns.Messages;

/// <summary>What is asked. The name keeps its case; comparing does not look at it.</summary>
internal readonly record struct DnsQuestion(DnsName Name, RecordType Type, ushort Class = DnsRecord.Internet);
