using System.Runtime.InteropServices;

namespace TacHost.Native;

/// <summary>Flags of open(2) with the same value on x86-64 and arm64 Linux.</summary>
[Flags]
internal enum OpenFlags
{
    ReadOnly = 0,
    WriteOnly = 1,
    ReadWrite = 2,
    Create = 0x40,
    Exclusive = 0x80,

    /// <summary>A terminal does not become the one of this process.</summary>
    NoControllingTerminal = 0x100,
    Truncate = 0x200,
    Append = 0x400,
    NonBlocking = 0x800,
    CloseOnExec = 0x80000,

    /// <summary>O_PATH: open only a location in the file system, such as the directory of openat(2).</summary>
    PathOnly = 0x200000,
}

/// <summary>Flags of open(2) that differ between architectures.</summary>
internal static class OpenFlag
{
    /// <summary>O_NOFOLLOW: do not follow a symbolic link at the end of the path.</summary>
    public static OpenFlags NoFollow =>
        (OpenFlags)(RuntimeInformation.ProcessArchitecture is Architecture.Arm64 or Architecture.Arm ? 0x8000 : 0x20000);

    /// <summary>Fail unless the path leads to a directory.</summary>
    public static OpenFlags Directory =>
        (OpenFlags)(RuntimeInformation.ProcessArchitecture is Architecture.Arm64 or Architecture.Arm ? 0x4000 : 0x10000);
}
