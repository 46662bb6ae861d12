using System.Buffers.Binary;
using TacHost.Dns.Messages;

namespace TacHost.Dns.Zones;

/// <summary>The records of one zone, and the algorithm that answers a question from them (RFC 1034, section 4.3.2; wildcards as in RFC 4592).</summary>
internal sealed class Zone
{
    private const int LongestSoaTtl = int.MaxValue;

    /// <summary>All existing names, including empty nodes between the zone's apex and names with records.</summary>
    private readonly Dictionary<DnsName, List<DnsRecord>> _nodes = [];
    private readonly DnsRecord _negativeSoa;

    /// <summary>Initializes a zone without records. <see cref="Add"/> must add the records before the first question.</summary>
    public Zone(DnsRecord soa)
    {
        Name = soa.Name;
        var minimum = BinaryPrimitives.ReadUInt32BigEndian(soa.Data.Span[^sizeof(uint)..]);
        _negativeSoa = soa with { Ttl = Math.Min(Math.Min(soa.Ttl, minimum), LongestSoaTtl) };
        _nodes.Add(Name, []);
    }

    public DnsName Name { get; }

    public bool HasNameServers => _nodes[Name].Exists(record => record.Type == RecordType.NS);

    public int Count { get; private set; }

    /// <summary>Gets whether the records are too old, so that every question gets SERVFAIL.</summary>
    public bool HasExpired { get; init; }

    /// <summary>Adds a name, which may have no records.</summary>
    public void AddName(DnsName name) => NodeOf(name);

    /// <summary>Adds a record.</summary>
    /// <returns>The reason why the record is invalid, to follow "because", or null.</returns>
    public string? Add(DnsRecord record)
    {
        if (!record.Name.IsWithin(Name))
            return $"'{record.Name}' is not in the zone '{Name}'";
        var records = NodeOf(record.Name);
        if (records.Exists(each => each.Type == record.Type && each.Data.Span.SequenceEqual(record.Data.Span)))
            return null;
        if (record.Type is RecordType.DNAME or RecordType.NS && record.Name != Name && records.Exists(each => each.Type is RecordType.DNAME or RecordType.NS && each.Type != record.Type))
            return $"'{record.Name}' has a DNAME record, and can have no NS record beside it";
        if (record.Type == RecordType.DNAME && records.Exists(each => each.Type == RecordType.DNAME))
            return $"'{record.Name}' has a second DNAME record";
        var isAlias = record.Type == RecordType.CNAME;
        if (records.Exists(each => isAlias || each.Type == RecordType.CNAME))
            return $"'{record.Name}' has a CNAME record, and can have no other record beside it";

        // A set of records has one TTL (RFC 2181, section 5.2).
        records.Add(records.Find(each => each.Type == record.Type) is { } first ? record with { Ttl = first.Ttl } : record);
        Count++;
        return null;
    }

    /// <summary>Answers a question, or its part up to an alias.</summary>
    /// <returns>The target of the alias, which is to be looked up next, or null if the answer is complete.</returns>
    public DnsName? Answer(DnsName name, RecordType type, DnsMessage response)
    {
        if (HasExpired)
        {
            response.Fail();
            return null;
        }

        if (CutAbove(name, type) is { } cut)
        {
            if (cut.Find(record => record.Type == RecordType.DNAME && record.Name != name) is { } redirection)
                return Redirect(redirection, name, response) is { } target && type != RecordType.CNAME ? target : null;
            Refer(cut, response);
            return null;
        }

        response.IsAuthoritative |= response.Answers.Count == 0;
        if (Find(name) is not { } records)
        {
            response.Code = ResponseCode.NXDomain;
            response.Authorities.Add(_negativeSoa);
            return null;
        }

        var alias = records.Find(record => record.Type == RecordType.CNAME);
        if (alias is not null && type != RecordType.CNAME)
        {
            response.Answers.Add(alias with { Name = name });
            return type == RecordType.ANY ? null : alias.NameAt(0);
        }

        var answers = type == RecordType.ANY && records.Count > 0 ? [MinimalAny(name)] : records.FindAll(record => record.Type == type);
        response.Answers.AddRange(answers.Select(record => record with { Name = name }));
        if (answers.Count == 0)
            response.Authorities.Add(_negativeSoa);
        AddAddresses(answers, response);
        return null;
    }

    /// <summary>Returns the record that answers a question of type ANY (RFC 8482, section 4.2).</summary>
    public static DnsRecord MinimalAny(DnsName name) => new(name, RecordType.HINFO, 3600, (byte[])[7, .. "RFC8482"u8, 0]);

    private List<DnsRecord> NodeOf(DnsName name)
    {
        if (_nodes.TryGetValue(name, out var records))
            return records;
        _nodes.Add(name, records = []);
        for (var above = name.Parent; _nodes.TryAdd(above, []); above = above.Parent)
        {
        }

        return records;
    }

    /// <summary>Returns the records of the highest delegation or DNAME redirection above a name, or null. DS records at a delegation belong to this zone.</summary>
    private List<DnsRecord>? CutAbove(DnsName name, RecordType type)
    {
        List<DnsRecord>? cut = null;
        for (var isAsked = true; ; name = name.Parent)
        {
            if (_nodes.TryGetValue(name, out var records)
                && records.Exists(record => record.Type switch { RecordType.NS => name != Name && !(isAsked && type == RecordType.DS), RecordType.DNAME => !isAsked, _ => false }))
                cut = records;
            if (name == Name)
                return cut;
            isAsked = false;
        }
    }

    /// <summary>Answers with a DNAME record and the synthesized CNAME record (RFC 6672, section 3.2).</summary>
    private static DnsName? Redirect(DnsRecord redirection, DnsName name, DnsMessage response)
    {
        response.IsAuthoritative |= response.Answers.Count == 0;
        response.Answers.Add(redirection);
        var labels = name.Wire[..^redirection.Name.Wire.Length];
        var target = redirection.NameAt(0).Wire;
        if (labels.Length + target.Length > DnsName.Longest)
        {
            response.Code = ResponseCode.YXDomain;
            return null;
        }

        DnsName alias = new((byte[])[.. labels.Span, .. target.Span]);
        response.Answers.Add(new DnsRecord(name, RecordType.CNAME, redirection.Ttl, alias.Wire));
        return alias;
    }

    /// <summary>Returns the records of a name or of a wildcard that matches it, or null if the name does not exist.</summary>
    private List<DnsRecord>? Find(DnsName name)
    {
        if (_nodes.TryGetValue(name, out var records))
            return records;
        var encloser = name.Parent;
        while (!_nodes.ContainsKey(encloser))
            encloser = encloser.Parent;
        return encloser.Prepend("*"u8) is { } wildcard ? _nodes.GetValueOrDefault(wildcard) : null;
    }

    private void Refer(List<DnsRecord> cut, DnsMessage response)
    {
        var servers = cut.FindAll(record => record.Type == RecordType.NS);
        response.Authorities.AddRange(servers);
        response.Authorities.AddRange(cut.FindAll(record => record.Type == RecordType.DS && response.Edns is { DnssecOk: true }));
        response.IsReferral = response.Answers.Count == 0;
        AddAddresses(servers, response);
    }

    private void AddAddresses(IEnumerable<DnsRecord> records, DnsMessage response)
    {
        foreach (var record in records)
        {
            var offset = record.Type switch { RecordType.NS => 0, RecordType.MX or RecordType.AFSDB or RecordType.KX or RecordType.SVCB or RecordType.HTTPS => 2, RecordType.SRV => 6, _ => -1 };
            if (offset < 0)
                continue;

            // The target '.' of a service means the owner name itself (RFC 9460, section 2.5).
            var named = record.NameAt(offset);
            if (_nodes.TryGetValue(named.IsRoot && record.Type is (RecordType.SVCB or RecordType.HTTPS) ? record.Name : named, out var target))
                response.Additionals.AddRange(target.FindAll(each => each.Type is RecordType.A or RecordType.AAAA && !response.Additionals.Contains(each)));
        }
    }
}
