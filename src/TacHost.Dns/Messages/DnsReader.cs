using System.Buffers.Binary;

namespace TacHost.Dns.Messages;

/// <summary>A reader of the parts of a DNS message.</summary>
internal ref struct DnsReader(ReadOnlySpan<byte> message)
{
    private readonly ReadOnlySpan<byte> _message = message;

    public int Position { get; private set; }

    public readonly int Left => _message.Length - Position;

    public static DnsName NameIn(ReadOnlySpan<byte> data) => new DnsReader(data).ReadName();

    public byte ReadByte() => ReadBytes(1)[0];

    public ushort ReadUInt16() => BinaryPrimitives.ReadUInt16BigEndian(ReadBytes(sizeof(ushort)));

    public uint ReadUInt32() => BinaryPrimitives.ReadUInt32BigEndian(ReadBytes(sizeof(uint)));

    /// <exception cref="DnsFormatException">The message has fewer bytes left.</exception>
    public ReadOnlySpan<byte> ReadBytes(int count)
    {
        if (count > Left)
            throw new DnsFormatException("it ends too early");
        Position += count;
        return _message.Slice(Position - count, count);
    }

    /// <summary>Reads a name. Each compression pointer must refer to an earlier position than the previous one, which prevents loops.</summary>
    /// <exception cref="DnsFormatException">The bytes are not a valid name.</exception>
    public DnsName ReadName()
    {
        Span<byte> name = stackalloc byte[DnsName.Longest];
        var (length, at, end, limit) = (0, Position, -1, Position);
        while (true)
        {
            if (at >= _message.Length)
                throw new DnsFormatException("a name ends too early");
            int size = _message[at];
            if (size >= 0xc0)
            {
                if (at + 1 >= _message.Length)
                    throw new DnsFormatException("a name ends too early");
                var target = ((size & 0x3f) << 8) | _message[at + 1];
                if (target >= limit)
                    throw new DnsFormatException("a compressed name does not lead back");
                end = end < 0 ? at + 2 : end;
                at = limit = target;
                continue;
            }

            if (size > DnsName.LongestLabel)
                throw new DnsFormatException("a label is of an unknown kind");
            if (length + 1 + size + (size > 0 ? 1 : 0) > name.Length)
                throw new DnsFormatException("a name is too long");
            if (at + 1 + size > _message.Length)
                throw new DnsFormatException("a name ends too early");
            _message.Slice(at, 1 + size).CopyTo(name[length..]);
            length += 1 + size;
            at += 1 + size;
            if (size == 0)
                break;
        }

        Position = end < 0 ? at : end;
        return new DnsName(name[..length].ToArray());
    }
}
