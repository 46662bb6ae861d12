namespace TacHost.Dns.Messages;

/// <summary>A DNS message with exactly one question (RFC 1035, section 4). A parsed message takes at most about fifty times the memory of its bytes.</summary>
internal sealed class DnsMessage
{
    public const int HeaderSize = 12;
    public const int Longest = 65_535;

    public const int SmallestUdpSize = 512;

    /// <summary>The size that nearly every network transports without fragmentation.</summary>
    public const int UsualUdpSize = 1232;

    public const ushort ResponseFlag = 0x8000;
    private const int AuthoritativeFlag = 0x0400;
    private const int TruncatedFlag = 0x0200;
    private const int RecursionDesiredFlag = 0x0100;
    private const int RecursionAvailableFlag = 0x0080;
    private const int CheckingDisabledFlag = 0x0010;
    private const int CodeMask = 0x000f;
    private const uint DnssecOkFlag = 0x8000;
    private const int OptSize = 11;

    public ushort Id { get; init; }

    public bool IsResponse { get; init; }

    public int Opcode { get; init; }

    public bool IsAuthoritative { get; set; }

    public bool IsTruncated { get; set; }

    public bool RecursionDesired { get; init; }

    public bool RecursionAvailable { get; set; }

    public bool CheckingDisabled { get; init; }

    public ResponseCode Code { get; set; }

    public DnsQuestion Question { get; init; }

    public List<DnsRecord> Answers { get; init; } = [];

    public List<DnsRecord> Authorities { get; init; } = [];

    /// <summary>Gets the additional records without the OPT record, which is <see cref="Edns"/>.</summary>
    public List<DnsRecord> Additionals { get; init; } = [];

    public Edns? Edns { get; set; }

    /// <summary>Gets or sets whether the message is only a referral to other servers. A referral is useless without their addresses (RFC 9471).</summary>
    public bool IsReferral { get; set; }

    /// <summary>Turns the message into one that says SERVFAIL, without answers.</summary>
    public void Fail()
    {
        (Code, IsAuthoritative) = (ResponseCode.ServFail, false);
        Answers.Clear();
    }

    public static int OpcodeOf(int flags) => (flags >> 11) & CodeMask;

    /// <summary>Parses a message. The records of a truncated response are skipped.</summary>
    /// <exception cref="DnsFormatException">The bytes are not a valid message.</exception>
    public static DnsMessage Read(ReadOnlySpan<byte> bytes)
    {
        DnsReader reader = new(bytes);
        var id = reader.ReadUInt16();
        int flags = reader.ReadUInt16();
        int questions = reader.ReadUInt16(), answers = reader.ReadUInt16(), authorities = reader.ReadUInt16(), additionals = reader.ReadUInt16();
        if (questions != 1)
            throw new DnsFormatException("it does not have exactly one question");
        DnsMessage message = new()
        {
            Id = id,
            IsResponse = (flags & ResponseFlag) != 0,
            Opcode = OpcodeOf(flags),
            IsAuthoritative = (flags & AuthoritativeFlag) != 0,
            IsTruncated = (flags & TruncatedFlag) != 0,
            RecursionDesired = (flags & RecursionDesiredFlag) != 0,
            RecursionAvailable = (flags & RecursionAvailableFlag) != 0,
            CheckingDisabled = (flags & CheckingDisabledFlag) != 0,
            Code = (ResponseCode)(flags & CodeMask),
            Question = new DnsQuestion(reader.ReadName(), (RecordType)reader.ReadUInt16(), reader.ReadUInt16()),
        };

        // Some servers cut within a record. The receiver of a truncated response has to retry over TCP anyway.
        if (message is { IsResponse: true, IsTruncated: true })
            return message;
        message.ReadRecords(answers, message.Answers, ref reader);
        message.ReadRecords(authorities, message.Authorities, ref reader);
        message.ReadRecords(additionals, message.Additionals, ref reader);
        return message;
    }

    /// <summary>
    /// Serializes the message into at most <paramref name="limit"/> bytes. If a required
    /// record does not fit, the message has no records and the truncated flag.
    /// </summary>
    public byte[] Write(int limit = Longest)
    {
        var writer = Write(limit - (Edns is null ? 0 : OptSize), IsTruncated, out var isCut);
        if (isCut)
            writer = Write(limit, isTruncated: true, out _, isEmpty: true);
        return Edns is null ? writer.Written.ToArray() : [.. writer.Written, .. Opt()];
    }

    private DnsWriter Write(int limit, bool isTruncated, out bool isCut, bool isEmpty = false)
    {
        DnsWriter writer = new(limit);
        writer.WriteUInt16(Id);
        writer.WriteUInt16((IsResponse ? ResponseFlag : 0) | (Opcode << 11) | (IsAuthoritative ? AuthoritativeFlag : 0) | (isTruncated ? TruncatedFlag : 0)
            | (RecursionDesired ? RecursionDesiredFlag : 0) | (RecursionAvailable ? RecursionAvailableFlag : 0) | (CheckingDisabled ? CheckingDisabledFlag : 0) | ((int)Code & CodeMask));
        writer.WriteUInt16(1);
        writer.WriteUInt16(isEmpty ? 0 : Answers.Count);
        writer.WriteUInt16(isEmpty ? 0 : Authorities.Count);
        var additionals = writer.Position;
        writer.WriteUInt16(0);
        writer.WriteName(Question.Name);
        writer.WriteUInt16((ushort)Question.Type);
        writer.WriteUInt16(Question.Class);
        var count = 0;
        isCut = false;
        if (!isEmpty)
        {
            foreach (var record in Answers.Concat(Authorities))
                writer.WriteRecord(record);
            isCut = writer.IsFull;
            foreach (var record in Additionals)
            {
                writer.WriteRecord(record);
                if (writer.IsFull)
                {
                    isCut |= IsReferral;
                    break;
                }

                count++;
            }
        }

        writer.SetUInt16(additionals, count + (Edns is null ? 0 : 1));
        return writer;
    }

    private byte[] Opt()
    {
        DnsWriter writer = new(OptSize);
        writer.WriteName(DnsName.Root);
        writer.WriteUInt16((ushort)RecordType.OPT);
        writer.WriteUInt16(Edns!.UdpSize);
        writer.WriteUInt32(((uint)Code >> 4 << 24) | ((uint)Edns.Version << 16) | (Edns.DnssecOk ? DnssecOkFlag : 0));
        writer.WriteUInt16(0);
        return writer.Written.ToArray();
    }

    private void ReadRecords(int count, List<DnsRecord> records, ref DnsReader reader)
    {
        for (; count > 0; count--)
        {
            var name = reader.ReadName();
            var type = (RecordType)reader.ReadUInt16();
            var @class = reader.ReadUInt16();
            var ttl = reader.ReadUInt32();
            var data = RecordLayout.Read(type, reader.ReadUInt16(), ref reader);
            if (type != RecordType.OPT)
            {
                records.Add(new DnsRecord(name, type, ttl, data, @class));
                continue;
            }

            if (Edns is not null || !name.IsRoot || records != Additionals)
                throw new DnsFormatException("there is more than one OPT record, or it is not where it should be");
            Edns = new Edns(@class, (byte)(ttl >> 16), (ttl & DnssecOkFlag) != 0);
            Code = (ResponseCode)((int)Code | (int)(ttl >> 24 << 4));
        }
    }
}
