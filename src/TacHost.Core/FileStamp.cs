using TacHost.Native;

namespace TacHost;

/// <summary>The identity of an unchanged file. The time of the last status change reveals edits that reset the modification time.</summary>
internal readonly record struct FileStamp(ulong Inode, long Size, long Modified, long Changed)
{
    private const long Second = 1_000_000_000;

    /// <summary>Returns the stamp of a file after following symbolic links, or null if the file does not exist.</summary>
    public static FileStamp? Of(string path) =>
        FileStatusOf.Target(path) is { IsRegularFile: true } status
            ? new FileStamp(status.Inode, status.Size, (status.ModifiedSeconds * Second) + status.ModifiedNanoseconds, (status.ChangedSeconds * Second) + status.ChangedNanoseconds)
            : null;

    /// <summary>Returns whether size and second of the last modification are equal, which copies of a file keep.</summary>
    public bool HasTimeAndSizeOf(FileStamp other) => Size == other.Size && Modified / Second == other.Modified / Second;

    public static FileStamp Read(BinaryReader reader) => new(reader.ReadUInt64(), reader.ReadInt64(), reader.ReadInt64(), reader.ReadInt64());

    public void Write(BinaryWriter writer)
    {
        writer.Write(Inode);
        writer.Write(Size);
        writer.Write(Modified);
        writer.Write(Changed);
    }
}
