using TacHost.Interop;

namespace TacHost.Servers.Ftp.Files;

/// <summary>A name in a directory, and what it stands for.</summary>
internal readonly record struct DirectoryEntry(string Name, FileStatus Status);
