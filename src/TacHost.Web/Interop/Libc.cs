using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace TacHost.Web.Interop;

/// <summary>The calls of the C library that .NET has no equal for. A result of -1 leaves the reason in <see cref="Marshal.GetLastPInvokeError"/>.</summary>
internal static unsafe partial class Libc
{
    public const int ReadOnly = 0;
    public const int CloseOnExec = 0x80000;

    /// <summary>O_NONBLOCK: opening what is no ordinary file shall not wait.</summary>
    public const int NonBlocking = 0x800;

    /// <summary>O_PATH: to look at, whatever the permissions.</summary>
    public const int PathOnly = 0x200000;

    /// <summary>O_NOCTTY.</summary>
    public const int NotAsTerminal = 0x100;

    public const int PermissionDenied = 13;
    public const int NoSuchCall = 38;

    /// <summary>openat2(2), which the C library does not wrap; its number is the same on every architecture.</summary>
    public const long OpenAt2 = 437;

    private const string Library = "libc";
    private const int EmptyPath = 0x1000;
    private const uint BasicStatus = 0x7FF;

    /// <summary>O_DIRECTORY, which is one of the few flags that differ.</summary>
    public static int Directory => RuntimeInformation.ProcessArchitecture is Architecture.Arm64 or Architecture.Arm ? 0x4000 : 0x10000;

    [LibraryImport(Library, EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    public static partial SafeFileHandle Open(string path, int flags);

    [LibraryImport(Library, EntryPoint = "syscall", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    public static partial nint OpenBelow(long call, SafeFileHandle directory, string path, in OpenHow how, nuint size);

    [LibraryImport(Library, EntryPoint = "getdents64", SetLastError = true)]
    public static partial nint GetEntries(SafeFileHandle directory, byte* buffer, nuint size);

    public static bool TryGetStatus(SafeFileHandle file, out FileStatus status) => GetStatus(file, "", EmptyPath, BasicStatus, out status) == 0;

    [LibraryImport(Library, EntryPoint = "statx", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int GetStatus(SafeFileHandle directory, string path, int flags, uint mask, out FileStatus status);
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

/// <summary>The part of struct statx that is asked for here; its layout is the same on every architecture.</summary>
[StructLayout(LayoutKind.Explicit, Size = 256)]
internal struct FileStatus
{
    [FieldOffset(28)] public ushort Mode;
    [FieldOffset(40)] public ulong Size;
    [FieldOffset(112)] public long Modified;

    public readonly bool IsDirectory => (Mode & 0xF000) == 0x4000;

    public readonly bool IsFile => (Mode & 0xF000) == 0x8000;
}
