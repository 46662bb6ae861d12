using System.Text;

namespace TacHost.Scripting;

/// <summary>A compiled tac file in serializable form, with everything that is needed to build its application.</summary>
/// <param name="Source">The path of the tac file, as the user wrote it at the compilation.</param>
/// <param name="Code">The assemblies: first those that the script is compiled against, last the script itself.</param>
/// <param name="Libraries">The absolute paths of the assemblies referenced by <c>#r</c>.</param>
/// <param name="Prints">The serialized <see cref="CodePrints"/>. Not deserialized by a start, which does not need them.</param>
internal sealed record CompiledTac(string Source, IReadOnlyList<CodeImage> Code, IReadOnlyList<string> Libraries, byte[] Prints)
{
    /// <summary>The format version. Increment it with every change of the format below.</summary>
    private const int FormVersion = 5;

    /// <summary>Gets the places at which the top level changes the process instead of the tree, with what they do.</summary>
    public IReadOnlyList<string> Effects { get; init; } = [];

    /// <summary>Gets the files of packages, as they were when their content was verified.</summary>
    public IReadOnlyList<SourceStamp> PackageFiles { get; init; } = [];

    /// <summary>Serializes the tac file: the fingerprint of the rest, then the parts.</summary>
    public byte[] ToBytes()
    {
        using var stream = new MemoryStream();
        stream.Position = Fingerprint.Size;
        using (var writer = new BinaryWriter(stream, Encoding.UTF8, leaveOpen: true))
        {
            writer.Write(FormVersion);
            writer.Write(Source);
            writer.WriteList(Libraries);
            writer.Write(Code.Count);
            foreach (var each in Code)
                each.Write(writer);
            writer.Write(Prints.Length);
            writer.Write(Prints);
            writer.WriteList(Effects);
            writer.Write(PackageFiles.Count);
            foreach (var file in PackageFiles)
                file.Write(writer);
        }

        var bytes = stream.ToArray();
        Fingerprint.Write(bytes.AsSpan(Fingerprint.Size), bytes);
        return bytes;
    }

    /// <summary>Deserializes the result of <see cref="ToBytes"/>. Returns null if the bytes are invalid.</summary>
    public static CompiledTac? FromBytes(byte[] bytes)
    {
        if (!Fingerprint.IsAtFrontOf(bytes))
            return null;

        // The fingerprint is valid, so the content is complete. Only the format may differ in another version.
        using var reader = new BinaryReader(new MemoryStream(bytes, Fingerprint.Size, bytes.Length - Fingerprint.Size), Encoding.UTF8);
        if (reader.ReadInt32() != FormVersion)
            return null;
        var source = reader.ReadString();
        var libraries = reader.ReadList();
        return new CompiledTac(source, reader.ReadList(CodeImage.Read), libraries, reader.ReadBytes(reader.ReadInt32())) { Effects = reader.ReadList(), PackageFiles = reader.ReadList(SourceStamp.Read) };
    }
}
