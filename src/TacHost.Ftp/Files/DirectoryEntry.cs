using TacHost.Native;

namespace TacHost.Ftp.Files;

/// <summary>A directory entry: its name and its status.</summary>
internal readonly record struct DirectoryEntry(string Name, FileStatus Status);
