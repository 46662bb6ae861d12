using System.Buffers.Binary;

namespace TacHost;

/// <summary>The build id that the linker has given to this program, if it is native code: a hash of its content.</summary>
internal static class BuildId
{
    private const int HeaderSize = 4096;
    private const int NoteSegment = 4; // PT_NOTE
    private const int BuildIdNote = 3; // NT_GNU_BUILD_ID

    /// <summary>Reads it from the program's own file, which is in the form of elf(5) for 64 bits.</summary>
    /// <exception cref="InvalidOperationException">The program was linked without one.</exception>
    public static byte[] Read()
    {
        using var file = File.OpenHandle("/proc/self/exe");
        Span<byte> header = new byte[HeaderSize];
        header = header[..RandomAccess.Read(file, header, 0)];
        var at = (int)BinaryPrimitives.ReadInt64LittleEndian(header[0x20..]);
        var size = BinaryPrimitives.ReadUInt16LittleEndian(header[0x36..]);
        for (var left = BinaryPrimitives.ReadUInt16LittleEndian(header[0x38..]); left > 0; left--, at += size)
        {
            var segment = header[at..];
            if (BinaryPrimitives.ReadInt32LittleEndian(segment) != NoteSegment)
                continue;
            Span<byte> notes = new byte[BinaryPrimitives.ReadInt64LittleEndian(segment[0x20..])];
            RandomAccess.Read(file, notes, BinaryPrimitives.ReadInt64LittleEndian(segment[8..]));
            if (Find(notes) is { } id)
                return id;
        }

        throw new InvalidOperationException("This program was linked without a build id, by which it knows what it has compiled. Link it with --build-id.");
    }

    private static byte[]? Find(ReadOnlySpan<byte> notes)
    {
        while (notes.Length >= 12)
        {
            var (nameSize, size) = (BinaryPrimitives.ReadInt32LittleEndian(notes), BinaryPrimitives.ReadInt32LittleEndian(notes[4..]));
            var content = notes[(12 + Aligned(nameSize))..];
            if (BinaryPrimitives.ReadInt32LittleEndian(notes[8..]) == BuildIdNote && notes[12..].StartsWith("GNU\0"u8))
                return content[..size].ToArray();
            notes = content[Math.Min(Aligned(size), content.Length)..];
        }

        return null;
    }

    private static int Aligned(int size) => (size + 3) & ~3;
}
