namespace TacHost;

/// <summary>A compiled assembly in memory.</summary>
/// <param name="Image">The assembly.</param>
/// <param name="Symbols">The portable symbols, or an empty array.</param>
internal sealed record CodeImage(byte[] Image, byte[] Symbols)
{
    /// <summary>Reads the format of <see cref="Write"/>.</summary>
    public static CodeImage Read(BinaryReader reader) => new(reader.ReadBytes(reader.ReadInt32()), reader.ReadBytes(reader.ReadInt32()));

    public void Write(BinaryWriter writer)
    {
        writer.Write(Image.Length);
        writer.Write(Image);
        writer.Write(Symbols.Length);
        writer.Write(Symbols);
    }
}
