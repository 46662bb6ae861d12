using System.Collections.Frozen;

namespace TacHost.Dns.Messages;

/// <summary>The fields of each record type, which are needed to find names in the data, and to parse and print it.</summary>
internal static class RecordLayout
{
    /// <summary>A field of a record's data.</summary>
    public enum Field
    {
        Address4,
        Address6,
        Address48,
        Address64,
        Name,
        Number8,
        Number16,
        Number32,
        Time,
        Date,
        Type,
        Location,

        // These fields begin with their length.
        Text,
        Salt,
        Hash,

        // These fields extend to the end of the data.
        Texts,
        Hex,
        Base64,
        Rest,
        Types,
        Parameters,
    }

    private static readonly FrozenDictionary<RecordType, Field[]> _fields = new Dictionary<RecordType, Field[]>
    {
        [RecordType.A] = [Field.Address4],
        [RecordType.NS] = [Field.Name],
        [RecordType.CNAME] = [Field.Name],
        [RecordType.SOA] = [Field.Name, Field.Name, Field.Number32, Field.Time, Field.Time, Field.Time, Field.Time],
        [RecordType.PTR] = [Field.Name],
        [RecordType.HINFO] = [Field.Text, Field.Text],
        [RecordType.MX] = [Field.Number16, Field.Name],
        [RecordType.TXT] = [Field.Texts],
        [RecordType.RP] = [Field.Name, Field.Name],
        [RecordType.AFSDB] = [Field.Number16, Field.Name],
        [RecordType.AAAA] = [Field.Address6],
        [RecordType.LOC] = [Field.Location],
        [RecordType.SRV] = [Field.Number16, Field.Number16, Field.Number16, Field.Name],
        [RecordType.NAPTR] = [Field.Number16, Field.Number16, Field.Text, Field.Text, Field.Text, Field.Name],
        [RecordType.KX] = [Field.Number16, Field.Name],
        [RecordType.DNAME] = [Field.Name],
        [RecordType.DS] = [Field.Number16, Field.Number8, Field.Number8, Field.Hex],
        [RecordType.SSHFP] = [Field.Number8, Field.Number8, Field.Hex],
        [RecordType.RRSIG] = [Field.Type, Field.Number8, Field.Number8, Field.Time, Field.Date, Field.Date, Field.Number16, Field.Name, Field.Base64],
        [RecordType.NSEC] = [Field.Name, Field.Types],
        [RecordType.DNSKEY] = [Field.Number16, Field.Number8, Field.Number8, Field.Base64],
        [RecordType.DHCID] = [Field.Base64],
        [RecordType.NSEC3] = [Field.Number8, Field.Number8, Field.Number16, Field.Salt, Field.Hash, Field.Types],
        [RecordType.NSEC3PARAM] = [Field.Number8, Field.Number8, Field.Number16, Field.Salt],
        [RecordType.TLSA] = [Field.Number8, Field.Number8, Field.Number8, Field.Hex],
        [RecordType.SMIMEA] = [Field.Number8, Field.Number8, Field.Number8, Field.Hex],
        [RecordType.CDS] = [Field.Number16, Field.Number8, Field.Number8, Field.Hex],
        [RecordType.CDNSKEY] = [Field.Number16, Field.Number8, Field.Number8, Field.Base64],
        [RecordType.OPENPGPKEY] = [Field.Base64],
        [RecordType.ZONEMD] = [Field.Number32, Field.Number8, Field.Number8, Field.Hex],
        [RecordType.SVCB] = [Field.Number16, Field.Name, Field.Parameters],
        [RecordType.HTTPS] = [Field.Number16, Field.Name, Field.Parameters],
        [RecordType.SPF] = [Field.Texts],
        [RecordType.EUI48] = [Field.Address48],
        [RecordType.EUI64] = [Field.Address64],
        [RecordType.URI] = [Field.Number16, Field.Number16, Field.Rest],
        [RecordType.CAA] = [Field.Number8, Field.Text, Field.Rest],
    }.ToFrozenDictionary();

    /// <summary>Returns the fields of a type, or null if the type is unknown.</summary>
    public static IReadOnlyList<Field>? Of(RecordType type) => _fields.GetValueOrDefault(type);

    /// <summary>Reads the data of a record from a message, and decompresses the names in it.</summary>
    /// <exception cref="DnsFormatException">The data does not match the type.</exception>
    public static byte[] Read(RecordType type, int length, ref DnsReader reader)
    {
        var fields = Of(type);
        if (fields is null || !fields.Contains(Field.Name))
            return reader.ReadBytes(length).ToArray();
        if (length > reader.Left)
            throw new DnsFormatException("it ends too early");
        var end = reader.Position + length;
        List<byte> data = new(length);
        foreach (var field in fields)
        {
            if (field == Field.Name)
            {
                data.AddRange(reader.ReadName().Wire.Span);
            }
            else if (field is Field.Text or Field.Salt or Field.Hash)
            {
                data.Add(reader.ReadByte());
                data.AddRange(reader.ReadBytes(data[^1]));
            }
            else
            {
                data.AddRange(reader.ReadBytes(SizeOf(field) ?? Math.Max(end - reader.Position, 0)));
            }
        }

        return reader.Position == end ? [.. data] : throw new DnsFormatException("the data of a record is not as long as it says");
    }

    /// <summary>Writes the data of a record to a message. Only names in types of RFC 1035 may be compressed (RFC 3597, section 4).</summary>
    public static void Write(DnsRecord record, DnsWriter writer)
    {
        var data = record.Data.Span;
        if (record.Type is not (RecordType.NS or RecordType.CNAME or RecordType.PTR or RecordType.MX or RecordType.SOA))
        {
            writer.WriteBytes(data);
            return;
        }

        DnsReader reader = new(data);
        foreach (var field in _fields[record.Type])
        {
            if (field == Field.Name)
                writer.WriteName(reader.ReadName());
            else
                writer.WriteBytes(reader.ReadBytes(SizeOf(field)!.Value));
        }
    }

    /// <summary>Returns the size of a field, or null for a field that extends to the end of the data.</summary>
    private static int? SizeOf(Field field) => field switch
    {
        Field.Number8 => 1,
        Field.Number16 or Field.Type => 2,
        Field.Address48 => 6,
        Field.Address64 => 8,
        Field.Address6 or Field.Location => 16,
        Field.Texts or Field.Hex or Field.Base64 or Field.Rest or Field.Types or Field.Parameters => null,
        _ => 4,
    };
}
