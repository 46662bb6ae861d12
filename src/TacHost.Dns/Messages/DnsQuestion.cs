namespace TacHost.Dns.Messages;

/// <summary>A DNS question. Preserves the case of the name, but comparisons ignore it.</summary>
internal readonly record struct DnsQuestion(DnsName Name, RecordType Type, ushort Class = DnsRecord.Internet);
