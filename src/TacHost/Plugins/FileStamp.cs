using TacHost.Interop;

namespace TacHost.Plugins;

/// <summary>By what a file is known to be as it was. The time of the last change of its status tells of edits that put the other time back.</summary>
internal readonly record struct FileStamp(ulong Inode, long Size, long Modified, long Changed)
{
    private const long Second = 1_000_000_000;

    /// <summary>That of a file, through symbolic links; null if there is none.</summary>
    public static FileStamp? Of(string path) =>
        FileStatusOf.Target(path) is { IsRegularFile: true } status
            ? new FileStamp(status.Inode, status.Size, (status.ModifiedSeconds * Second) + status.ModifiedNanoseconds, (status.ChangedSeconds * Second) + status.ChangedNanoseconds)
            : null;

    public static FileStamp Read(BinaryReader reader) => new(reader.ReadUInt64(), reader.ReadInt64(), reader.ReadInt64(), reader.ReadInt64());

    public void Write(BinaryWriter writer)
    {
        writer.Write(Inode);
        writer.Write(Size);
        writer.Write(Modified);
        writer.Write(Changed);
    }
}
