using System.Runtime.InteropServices;
using System.Text;
using Microsoft.Win32.SafeHandles;

namespace TacHost.Native;

/// <summary>The functions on open files, and on names relative to an open directory.</summary>
internal static unsafe partial class LibcFiles
{
    /// <summary>AT_REMOVEDIR.</summary>
    public const int AtRemoveDir = 0x200;

    /// <summary>W_OK.</summary>
    public const int MayWrite = 2;

    /// <summary>PATH_MAX, including the NUL.</summary>
    private const int LongestPath = 4096;

    [LibraryImport(Libc.Library, EntryPoint = "access", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int Access(string path, int mode);

    [LibraryImport(Libc.Library, EntryPoint = "openat", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int OpenAt(SafeFileHandle directory, string name, OpenFlags flags, uint mode);

    /// <summary>openat2(2), which the C library does not wrap. Its number is the same on every architecture.</summary>
    /// <returns>The descriptor, or -1.</returns>
    public static int OpenAt2(SafeFileHandle directory, string path, OpenFlags flags, uint mode = 0)
    {
        const nint openAt2 = 437;
        OpenHow how = new() { Flags = (ulong)(flags | OpenFlags.CloseOnExec), Mode = mode, Resolve = OpenHow.Beneath };
        return (int)Syscall(openAt2, directory, path, how, (nuint)sizeof(OpenHow));
    }

    [LibraryImport(Libc.Library, EntryPoint = "syscall", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial nint Syscall(nint number, SafeFileHandle directory, string path, in OpenHow how, nuint size);

    [LibraryImport(Libc.Library, EntryPoint = "getdents64", SetLastError = true)]
    public static partial nint GetDents64(SafeFileHandle directory, byte* buffer, nuint size);

    /// <summary>Reads the names in an open directory, with "." and "..", in no order.</summary>
    public static List<string> ReadNames(SafeFileHandle directory)
    {
        // Each entry of getdents64(2) has its length at 16, and its name, which ends in a NUL, at 19.
        const int lengthOffset = 16, nameOffset = 19;
        List<string> names = [];
        var buffer = new byte[32 * 1024];
        fixed (byte* start = buffer)
        {
            for (nint count; (count = GetDents64(directory, start, (nuint)buffer.Length)) > 0;)
            {
                for (nint at = 0; at < count; at += *(ushort*)(start + at + lengthOffset))
                    names.Add(Encoding.UTF8.GetString(MemoryMarshal.CreateReadOnlySpanFromNullTerminated(start + at + nameOffset)));
            }
        }

        return names;
    }

    /// <summary>The text of a symbolic link that was opened with O_PATH, or null.</summary>
    public static string? ReadLink(SafeFileHandle link)
    {
        var text = stackalloc byte[LongestPath];
        var length = (int)ReadLinkAt(link, "", text, LongestPath);
        return length < 0 ? null : Encoding.UTF8.GetString(text, length);
    }

    [LibraryImport(Libc.Library, EntryPoint = "readlinkat", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial nint ReadLinkAt(SafeFileHandle directory, string name, byte* text, nuint size);

    [LibraryImport(Libc.Library, EntryPoint = "write", SetLastError = true)]
    public static partial nint Write(SafeFileHandle file, byte* bytes, nint count);

    [LibraryImport(Libc.Library, EntryPoint = "ftruncate", SetLastError = true)]
    public static partial int FTruncate(SafeFileHandle file, long length);

    [LibraryImport(Libc.Library, EntryPoint = "fchown", SetLastError = true)]
    public static partial int FChown(SafeFileHandle file, uint user, uint group);

    [LibraryImport(Libc.Library, EntryPoint = "renameat", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int RenameAt(SafeFileHandle fromDirectory, string from, SafeFileHandle toDirectory, string to);

    [LibraryImport(Libc.Library, EntryPoint = "renameat2", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int RenameAt2(SafeFileHandle fromDirectory, string from, SafeFileHandle toDirectory, string to, uint flags);

    [LibraryImport(Libc.Library, EntryPoint = "linkat", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int LinkAt(SafeFileHandle presentDirectory, string present, SafeFileHandle addedDirectory, string added, int flags);

    [LibraryImport(Libc.Library, EntryPoint = "unlinkat", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int UnlinkAt(SafeFileHandle directory, string name, int flags);

    [LibraryImport(Libc.Library, EntryPoint = "mkdirat", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int MkdirAt(SafeFileHandle directory, string name, uint mode);

    [LibraryImport(Libc.Library, EntryPoint = "futimens", SetLastError = true)]
    public static partial int FUtimens(SafeFileHandle file, TimeSpecification* accessAndChange);

    [LibraryImport(Libc.Library, EntryPoint = "fchmod", SetLastError = true)]
    public static partial int FChmod(SafeFileHandle file, uint mode);

    [LibraryImport(Libc.Library, EntryPoint = "fcntl", SetLastError = true)]
    public static partial int Fcntl(SafeFileHandle file, LockCommand command, ref FileLock @lock);

    /// <summary>Returns an absolute path without symbolic links, or null if a part of the path is missing or not accessible.</summary>
    public static string? PathWithoutLinks(string path)
    {
        var resolved = stackalloc byte[LongestPath];
        return RealPath(path, resolved) == null ? null : Marshal.PtrToStringUTF8((nint)resolved);
    }

    [LibraryImport(Libc.Library, EntryPoint = "realpath", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial byte* RealPath(string path, byte* resolved);
}
