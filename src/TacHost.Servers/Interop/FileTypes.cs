using System.Runtime.InteropServices;

namespace TacHost.Servers.Interop;

/// <summary>open(2), with the values that x86-64 and arm64 Linux share; <see cref="OpenFlag"/> has the others.</summary>
[Flags]
internal enum OpenFlags
{
    ReadOnly = 0,
    WriteOnly = 1,
    Create = 0x40,
    Exclusive = 0x80,
    NoControllingTerminal = 0x100,
    Append = 0x400,

    /// <summary>Do not wait for the other end of a pipe, or for a device.</summary>
    NonBlocking = 0x800,
    CloseOnExec = 0x80000,

    /// <summary>Only to name a place in the tree.</summary>
    PathOnly = 0x200000,
}

/// <summary>Flags of open(2) that differ between architectures.</summary>
internal static class OpenFlag
{
    private static readonly bool _arm = RuntimeInformation.ProcessArchitecture is Architecture.Arm64 or Architecture.Arm;

    /// <summary>O_DIRECTORY.</summary>
    public static OpenFlags Directory => (OpenFlags)(_arm ? 0x4000 : 0x10000);

    /// <summary>O_NOFOLLOW: do not follow a symbolic link at the end of the path.</summary>
    public static OpenFlags NoFollow => (OpenFlags)(_arm ? 0x8000 : 0x20000);
}

/// <summary>struct open_how of openat2(2).</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct OpenHow
{
    /// <summary>RESOLVE_NO_MAGICLINKS and RESOLVE_BENEATH: no step of the resolution, be it '..', a symbolic link or a race, leads out of the directory.</summary>
    public const ulong Beneath = 0x02 | 0x08;

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

/// <summary>The values of errno that are told apart.</summary>
internal static class Errno
{
    public const int NotPermitted = 1;
    public const int NoEntry = 2;
    public const int TryAgain = 11;
    public const int AccessDenied = 13;
    public const int Exists = 17;
    public const int CrossDevice = 18;
    public const int NotADirectory = 20;
    public const int IsADirectory = 21;
    public const int NoSpace = 28;
    public const int ReadOnlyFileSystem = 30;
    public const int NameTooLong = 36;
    public const int NoSystemCall = 38;
    public const int NotEmpty = 39;
    public const int TooManyLinks = 40;
    public const int QuotaExceeded = 122;
}

/// <summary>The part of struct statx that is asked for here; its layout is the same on every architecture.</summary>
[StructLayout(LayoutKind.Explicit, Size = 256)]
internal struct FileStatus
{
    public const uint BasicStatus = 0x7FF;

    [FieldOffset(16)] public uint Links;
    [FieldOffset(28)] public ushort Mode;
    [FieldOffset(32)] public ulong Inode;
    [FieldOffset(40)] public long Size;
    [FieldOffset(112)] public long ModifiedSeconds;
    [FieldOffset(136)] public uint DeviceMajor;
    [FieldOffset(140)] public uint DeviceMinor;

    public readonly bool IsDirectory => (Mode & 0xF000) == 0x4000;

    public readonly bool IsRegularFile => (Mode & 0xF000) == 0x8000;

    public readonly bool IsSymbolicLink => (Mode & 0xF000) == 0xA000;

    public readonly DateTimeOffset Modified => DateTimeOffset.FromUnixTimeSeconds(Math.Clamp(ModifiedSeconds, 0, 253402300799));
}
