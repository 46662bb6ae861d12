using System.Runtime.InteropServices;

namespace TacHost.Native;

/// <summary>struct open_how of openat2(2).</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct OpenHow
{
    /// <summary>RESOLVE_BENEATH and RESOLVE_NO_MAGICLINKS: no step of the resolution may leave the directory.</summary>
    public const ulong Beneath = 0x08 | 0x02;

    public ulong Flags;
    public ulong Mode;
    public ulong Resolve;
}

/// <summary>struct timespec.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct TimeSpecification
{
    /// <summary>UTIME_OMIT, for <see cref="Nanoseconds"/>: do not change the time.</summary>
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
