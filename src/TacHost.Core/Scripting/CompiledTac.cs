using System.Text;

namespace TacHost.Scripting;

/// <summary>A compiled tac file: all that is needed to build its application, in a form that can be kept and handed on.</summary>
/// <param name="Source">The tac file, as the user wrote it when it was compiled.</param>
/// <param name="Code">Its assemblies: that of the script last, after what it is compiled against.</param>
/// <param name="Libraries">Absolute paths of the assemblies it refers to by <c>#r</c>.</param>
/// <param name="Prints">The bytes of its <see cref="CodePrints"/>, which a start does not need and therefore does not read.</param>
internal sealed record CompiledTac(string Source, IReadOnlyList<CodeImage> Code, IReadOnlyList<string> Libraries, byte[] Prints)
{
    /// <summary>Raised with every change of the form below.</summary>
    private const int FormVersion = 3;

    /// <summary>The fingerprint of what follows, then the parts.</summary>
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
        }

        var bytes = stream.ToArray();
        Fingerprint.Write(bytes.AsSpan(Fingerprint.Size), bytes);
        return bytes;
    }

    /// <summary>Null if the bytes are anything but what <see cref="ToBytes"/> made.</summary>
    public static CompiledTac? FromBytes(byte[] bytes)
    {
        if (!Fingerprint.IsAtFrontOf(bytes))
            return null;

        // The fingerprint is right, so what follows is what was written; only another version's form may differ.
        using var reader = new BinaryReader(new MemoryStream(bytes, Fingerprint.Size, bytes.Length - Fingerprint.Size), Encoding.UTF8);
        if (reader.ReadInt32() != FormVersion)
            return null;
        var source = reader.ReadString();
        var libraries = reader.ReadList();
        return new CompiledTac(source, reader.ReadList(CodeImage.Read), libraries, reader.ReadBytes(reader.ReadInt32()));
    }
}
