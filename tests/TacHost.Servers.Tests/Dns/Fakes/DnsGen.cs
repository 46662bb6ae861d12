using System.Buffers.Binary;
using CsCheck;
using TacHost.Dns.Messages;
using TacHost.Dns.Zones;
using Field = TacHost.Dns.Messages.RecordLayout.Field;

namespace TacHost.Servers.Tests.Dns.Fakes;

/// <summary>Any names, records and messages that are right.</summary>
internal static class DnsGen
{
    private static readonly RecordType[] _types = [.. Enum.GetValues<RecordType>().Where(type => type is not (RecordType.OPT or (>= (RecordType)128 and <= RecordType.ANY))), (RecordType)65280];

    /// <summary>Names without capitals: one that refers to an earlier one takes over the case of that.</summary>
    public static readonly Gen<DnsName> Name = Gen.OneOf(Gen.Byte.Array[1, 6], Gen.Byte[(byte)'a', (byte)'c'].Array[1, 2], Gen.Byte.Array[63]).Array[0, 3].Select(labels =>
        new DnsName((byte[])[.. labels.SelectMany(label => (byte[])[(byte)label.Length, .. label.Select(each => each is >= (byte)'A' and <= (byte)'Z' ? (byte)(each | 0x20) : each)]), 0]));

    public static readonly Gen<DnsRecord> Record =
        from type in Gen.Int[0, _types.Length - 1].Select(i => _types[i])
        from name in Name
        from ttl in Gen.UInt
        from data in Data(type)
        select new DnsRecord(name, type, ttl % (1u << 31), data);

    public static readonly Gen<DnsMessage> Message =
        from id in Gen.UShort
        from flags in Gen.Bool.Array[6]
        from opcode in Gen.Int[0, 15]
        from code in Gen.Int[0, 15]
        from question in Gen.Select(Name, Gen.UShort, Gen.UShort)
        from answers in Record.List[0, 6]
        from authorities in Record.List[0, 3]
        from additionals in Record.List[0, 3]
        from edns in Gen.Select(Gen.UShort, Gen.Byte, Gen.Bool, (size, version, ok) => new Edns(size, version, ok)).Null()
        select new DnsMessage
        {
            Id = id,
            IsResponse = flags[0],
            IsAuthoritative = flags[1],
            RecursionDesired = flags[2],
            RecursionAvailable = flags[3],
            CheckingDisabled = flags[4],
            Opcode = opcode,
            Code = (ResponseCode)code,
            Question = new DnsQuestion(question.Item1, (RecordType)question.Item2, question.Item3),
            Answers = answers,
            Authorities = authorities,
            Additionals = additionals,
            Edns = edns,
        };

    private static Gen<byte[]> Data(RecordType type) =>
        RecordLayout.Of(type) is not { } fields ? Gen.Byte.Array[0, 20] : fields.Aggregate(Gen.Const(Array.Empty<byte>()), (before, field) => Gen.Select(before, Part(field), (one, two) => (byte[])[.. one, .. two]));

    private static Gen<byte[]> Part(Field field) => field switch
    {
        Field.Name => Name.Select(name => name.Wire.ToArray()),
        Field.Address6 => Gen.Byte.Array[16],
        Field.Number8 => Gen.Byte.Array[1],
        Field.Number16 or Field.Type => Gen.Byte.Array[2],
        Field.Address48 => Gen.Byte.Array[6],
        Field.Address64 => Gen.Byte.Array[8],
        Field.Location => Gen.Select(Gen.Byte[0, 9].Array[6], Gen.UInt[0, 648_000_000], Gen.UInt[0, 1_296_000_000], Gen.UInt, Location),
        Field.Salt or Field.Hash => Gen.Byte.Array[1, 20].Select(bytes => (byte[])[(byte)bytes.Length, .. bytes]),
        Field.Types => Gen.Int[1, 300].Array[0, 5].Select(types => TypeBitmap.Parse(types.Select(type => new ZoneWord($"TYPE{type}", IsQuoted: false)))),
        Field.Parameters => Gen.Select(Gen.UShort[0, 65534], Gen.Byte.Array[0, 20]).Array[0, 3].Select(Parameters),
        Field.Time => Gen.UInt.Select(time => (byte[])[(byte)(time >> 24 & 0x7f), (byte)(time >> 16), (byte)(time >> 8), (byte)time]),
        Field.Text => Gen.Byte.Array[0, 20].Select(text => (byte[])[(byte)text.Length, .. text]),
        Field.Texts => Gen.Byte.Array[0, 20].Array[1, 3].Select(texts => texts.SelectMany(text => (byte[])[(byte)text.Length, .. text]).ToArray()),
        Field.Hex or Field.Base64 or Field.Rest => Gen.Byte.Array[1, 30],
        _ => Gen.Byte.Array[4],
    };

    private static byte[] Location(byte[] sizes, uint latitude, uint longitude, uint altitude)
    {
        var data = new byte[16];
        for (var i = 0; i < 3; i++)
            data[1 + i] = (byte)((sizes[i] == 0 ? 0 : sizes[i] << 4) | (sizes[i] == 0 ? 0 : sizes[i + 3]));
        BinaryPrimitives.WriteUInt32BigEndian(data.AsSpan(4), (1u << 31) - 324_000_000 + latitude);
        BinaryPrimitives.WriteUInt32BigEndian(data.AsSpan(8), (1u << 31) - 648_000_000 + longitude);
        BinaryPrimitives.WriteUInt32BigEndian(data.AsSpan(12), altitude);
        return data;
    }

    private static byte[] Parameters((ushort Key, byte[] Value)[] parameters) =>
        [.. parameters.Where(each => each.Key > 8).DistinctBy(each => each.Key).OrderBy(each => each.Key).SelectMany(each => (byte[])[(byte)(each.Key >> 8), (byte)each.Key, 0, (byte)each.Value.Length, .. each.Value])];
}
