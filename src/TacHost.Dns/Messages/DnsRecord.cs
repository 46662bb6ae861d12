namespace TacHost.Dns.Messages;

/// <summary>A resource record. Names in its data are never compressed.</summary>
internal sealed record DnsRecord(DnsName Name, RecordType Type, uint Ttl, ReadOnlyMemory<byte> Data, ushort Class = DnsRecord.Internet)
{
    public const ushort Internet = 1;

    /// <summary>The name in the data, behind so many other bytes.</summary>
    public DnsName NameAt(int offset) => DnsReader.NameIn(Data.Span[offset..]);

    public bool Equals(DnsRecord? other) =>
        other is not null && (Name, Type, Ttl, Class) == (other.Name, other.Type, other.Ttl, other.Class) && Data.Span.SequenceEqual(other.Data.Span);

    public override int GetHashCode() => HashCode.Combine(Name, Type, Ttl, Data.Length);
}
