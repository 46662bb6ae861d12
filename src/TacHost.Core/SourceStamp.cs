namespace TacHost;

/// <summary>The stamp of a source file, taken before its content is read.</summary>
/// <param name="Path">The absolute path.</param>
/// <param name="Stamp">The identity of the content, or null if the file did not exist.</param>
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
