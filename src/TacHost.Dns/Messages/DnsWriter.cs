using System.Buffers.Binary;

namespace TacHost.Dns.Messages;

/// <summary>A writer of DNS messages up to a size limit, with name compression.</summary>
internal sealed class DnsWriter(int limit)
{
    private const int FurthestPointer = 0x3fff;
    private const int FirstSize = 512;

    private readonly Dictionary<DnsName, int> _names = [];
    private byte[] _buffer = new byte[Math.Min(limit, FirstSize)];

    public int Position { get; private set; }

    /// <summary>Gets whether some data did not fit and is missing.</summary>
    public bool IsFull { get; private set; }

    public ReadOnlySpan<byte> Written => _buffer.AsSpan(0, Position);

    public void WriteUInt16(int value) => BinaryPrimitives.WriteUInt16BigEndian(Take(sizeof(ushort)), (ushort)value);

    public void WriteUInt32(uint value) => BinaryPrimitives.WriteUInt32BigEndian(Take(sizeof(uint)), value);

    /// <summary>Overwrites a value that has been written.</summary>
    public void SetUInt16(int position, int value) => BinaryPrimitives.WriteUInt16BigEndian(_buffer.AsSpan(position), (ushort)value);

    public void WriteBytes(ReadOnlySpan<byte> data) => data.CopyTo(Take(data.Length));

    public void WriteName(DnsName name, bool compress = true)
    {
        for (; !name.IsRoot; name = name.Parent)
        {
            if (compress && _names.TryGetValue(name, out var earlier))
            {
                WriteUInt16(0xc000 | earlier);
                return;
            }

            if (Position <= FurthestPointer && !IsFull)
                _names.TryAdd(name, Position);
            WriteBytes(name.Wire.Span[..(1 + name.Wire.Span[0])]);
        }

        WriteBytes([0]);
    }

    /// <summary>Writes a record completely, or not at all if it does not fit.</summary>
    public void WriteRecord(DnsRecord record)
    {
        const int lengthSize = sizeof(ushort);
        var start = Position;
        WriteName(record.Name);
        WriteUInt16((ushort)record.Type);
        WriteUInt16(record.Class);
        WriteUInt32(record.Ttl);
        var length = Position;
        WriteUInt16(0);
        RecordLayout.Write(record, this);
        if (IsFull)
            Position = start;
        else
            SetUInt16(length, Position - length - lengthSize);
    }

    private Span<byte> Take(int count)
    {
        IsFull |= Position + count > limit;
        if (IsFull)
            return new byte[count];
        if (Position + count > _buffer.Length)
            Array.Resize(ref _buffer, Math.Min(limit, Math.Max(2 * _buffer.Length, Position + count)));
        Position += count;
        return _buffer.AsSpan(Position - count, count);
    }
}
