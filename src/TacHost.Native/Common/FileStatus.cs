using System.Runtime.InteropServices;

namespace TacHost.Native;

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

    public readonly bool IsSocket => (Mode & 0xF000) == 0xC000;

    public readonly bool IsSymbolicLink => (Mode & 0xF000) == 0xA000;

    /// <summary>Gets whether other users than the owner may write, through the group or others permission.</summary>
    public readonly bool IsWritableByOthers => (Mode & 0b010_010) != 0;

    public readonly bool IsWritableByAll => (Mode & 0b010) != 0;

    /// <summary>Gets the sticky bit: in such a directory, users cannot remove or rename files of other users.</summary>
    public readonly bool IsSticky => (Mode & 0x200) != 0;

    /// <summary>Gets the time of the last change of the content.</summary>
    public readonly DateTimeOffset Modified => DateTimeOffset.FromUnixTimeSeconds(Math.Clamp(ModifiedSeconds, 0, 253402300799));

    public readonly uint Permissions => Mode & 0xFFFu;

    public readonly bool IsSameFileAs(in FileStatus other) =>
        (Inode, DeviceMajor, DeviceMinor) == (other.Inode, other.DeviceMajor, other.DeviceMinor);
}
