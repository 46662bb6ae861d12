using System.Runtime.InteropServices;

namespace TacHost.Interop;

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

/// <summary>struct open_how of openat2(2).</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct OpenHow
{
    /// <summary>RESOLVE_BENEATH and RESOLVE_NO_MAGICLINKS: no step of the way may leave the directory.</summary>
    public const ulong Beneath = 0x08 | 0x02;

    public ulong Flags;
    public ulong Mode;
    public ulong Resolve;
}

/// <summary>struct timespec.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct TimeSpecification
{
    /// <summary>UTIME_OMIT, for <see cref="Nanoseconds"/>: leave it as it is.</summary>
    public const nint Omit = (1 << 30) - 2;

    public nint Seconds;
    public nint Nanoseconds;
}

/// <summary>fcntl(2) commands of open file description locks. The lock belongs to the open file instead of the process, and ends with it.</summary>
internal enum LockCommand
{
    Get = 36,
    Set = 37,
}

/// <summary>fcntl(2) commands for a descriptor.</summary>
internal enum DescriptorCommand
{
    GetFlags = 1,
    SetFlags = 2,
    DuplicateWithCloseOnExec = 1030,
}

/// <summary>struct flock.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct FileLock
{
    public const short ReadLock = 0;
    public const short WriteLock = 1;
    public const short Unlocked = 2;

    public short Type;
    public short Whence;
    public long Start;
    public long Length;
    public int Process;
}

/// <summary>The used fields of struct statx. The layout is the same on every architecture.</summary>
[StructLayout(LayoutKind.Explicit, Size = 256)]
internal struct FileStatus
{
    [FieldOffset(16)] public uint Links;
    [FieldOffset(20)] public uint UserId;
    [FieldOffset(24)] public uint GroupId;
    [FieldOffset(28)] public ushort Mode;
    [FieldOffset(32)] public ulong Inode;
    [FieldOffset(40)] public long Size;
    [FieldOffset(96)] public long ChangedSeconds;
    [FieldOffset(104)] public uint ChangedNanoseconds;
    [FieldOffset(112)] public long ModifiedSeconds;
    [FieldOffset(120)] public uint ModifiedNanoseconds;
    [FieldOffset(136)] public uint DeviceMajor;
    [FieldOffset(140)] public uint DeviceMinor;

    public readonly bool IsDirectory => (Mode & 0xF000) == 0x4000;

    public readonly bool IsRegularFile => (Mode & 0xF000) == 0x8000;

    /// <summary>Gets whether the file is a regular file with a single hard link, so that no other name refers to it.</summary>
    public readonly bool IsOrdinary => IsRegularFile && Links == 1;

    public readonly bool IsSymbolicLink => (Mode & 0xF000) == 0xA000;

    /// <summary>Gets whether other users than the owner may write, through the group or others permission.</summary>
    public readonly bool IsWritableByOthers => (Mode & 0b010_010) != 0;

    /// <summary>Gets whether everybody may write.</summary>
    public readonly bool IsWritableByAll => (Mode & 0b010) != 0;

    /// <summary>Gets the sticky bit: in such a directory, nobody may remove or rename files of other users.</summary>
    public readonly bool IsSticky => (Mode & 0x200) != 0;

    /// <summary>Gets the time of the last change of the content.</summary>
    public readonly DateTimeOffset Modified => DateTimeOffset.FromUnixTimeSeconds(Math.Clamp(ModifiedSeconds, 0, 253402300799));

    /// <summary>Gets the permission bits.</summary>
    public readonly uint Permissions => Mode & 0xFFFu;

    public readonly bool IsSameFileAs(in FileStatus other) =>
        (Inode, DeviceMajor, DeviceMinor) == (other.Inode, other.DeviceMajor, other.DeviceMinor);
}

/// <summary>The status of an ended process from waitpid(2).</summary>
internal readonly record struct ExitStatus(int Raw)
{
    /// <summary>Gets the signal that ended the process, or 0.</summary>
    public int Signal => Raw & 0x7F;

    /// <summary>Gets the exit code, if the process was not ended by a signal.</summary>
    public int Code => (Raw >> 8) & 0xFF;
}

/// <summary>struct pollfd.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct PollDescriptor
{
    public int Descriptor;
    public short Events;
    public short Found;
}
