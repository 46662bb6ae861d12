namespace TacHost;

/// <summary>A source file of an application, as it was before its content was read.</summary>
/// <param name="Path">The absolute path.</param>
/// <param name="Stamp">The identity of the content, or null if there was no such file.</param>
internal sealed record SourceStamp(string Path, FileStamp? Stamp)
{
    /// <summary>Returns the file as it is now. Call this before you read the file, so that a later save is noticed.</summary>
    public static SourceStamp Of(string path) => new(path, FileStamp.Of(path));

    public static SourceStamp Read(BinaryReader reader) => new(reader.ReadString(), reader.ReadBoolean() ? FileStamp.Read(reader) : null);

    public void Write(BinaryWriter writer)
    {
        writer.Write(Path);
        writer.Write(Stamp is not null);
        Stamp?.Write(writer);
    }
}
