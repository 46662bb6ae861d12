using System.Runtime.InteropServices;
using System.Text;
using Microsoft.Win32.SafeHandles;

namespace TacHost.Interop;

/// <summary>The calls on files that are appended to, and on names relative to an open directory.</summary>
internal static unsafe partial class Libc
{
    /// <summary>AT_SYMLINK_NOFOLLOW.</summary>
    public const int NoFollow = 0x100;

    /// <summary>AT_REMOVEDIR.</summary>
    public const int RemoveDirectory = 0x200;

    /// <summary>STATX_BASIC_STATS.</summary>
    public const uint BasicStatus = 0x7FF;

    [LibraryImport(Library, EntryPoint = "openat", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int OpenAt(SafeFileHandle directory, string name, OpenFlags flags, uint mode);

    /// <summary>openat2(2), which the C library does not wrap. Its number is the same on every architecture.</summary>
    /// <returns>The descriptor, or -1.</returns>
    public static int OpenBelow(SafeFileHandle directory, string path, OpenFlags flags, uint mode = 0)
    {
        const nint openAt2 = 437;
        OpenHow how = new() { Flags = (ulong)(flags | OpenFlags.CloseOnExec), Mode = mode, Resolve = OpenHow.Beneath };
        return (int)SystemCall(openAt2, directory, path, how, (nuint)sizeof(OpenHow));
    }

    [LibraryImport(Library, EntryPoint = "syscall", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial nint SystemCall(nint number, SafeFileHandle directory, string path, in OpenHow how, nuint size);

    [LibraryImport(Library, EntryPoint = "getdents64", SetLastError = true)]
    public static partial nint GetEntries(SafeFileHandle directory, byte* buffer, nuint size);

    /// <summary>Reads the names in an open directory, with "." and "..", in no order.</summary>
    public static List<string> ReadNames(SafeFileHandle directory)
    {
        // Each entry of getdents64(2) has its length at 16, and its name, which ends in a NUL, at 19.
        const int lengthOffset = 16, nameOffset = 19;
        List<string> names = [];
        var buffer = new byte[32 * 1024];
        fixed (byte* start = buffer)
        {
            for (nint count; (count = GetEntries(directory, start, (nuint)buffer.Length)) > 0;)
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

    [LibraryImport(Library, EntryPoint = "readlinkat", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial nint ReadLinkAt(SafeFileHandle directory, string name, byte* text, nuint size);

    [LibraryImport(Library, EntryPoint = "write", SetLastError = true)]
    public static partial nint Write(SafeFileHandle file, byte* bytes, nint count);

    [LibraryImport(Library, EntryPoint = "ftruncate", SetLastError = true)]
    public static partial int Truncate(SafeFileHandle file, long length);

    [LibraryImport(Library, EntryPoint = "fchown", SetLastError = true)]
    public static partial int ChangeOwner(SafeFileHandle file, uint user, uint group);

    [LibraryImport(Library, EntryPoint = "renameat", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int RenameAt(SafeFileHandle fromDirectory, string from, SafeFileHandle toDirectory, string to);

    [LibraryImport(Library, EntryPoint = "renameat2", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int RenameAt(SafeFileHandle fromDirectory, string from, SafeFileHandle toDirectory, string to, uint flags);

    [LibraryImport(Library, EntryPoint = "mmap", SetLastError = true)]
    public static partial nint Map(nint address, nuint length, int protection, int flags, SafeFileHandle file, long offset);

    [LibraryImport(Library, EntryPoint = "linkat", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int LinkAt(SafeFileHandle presentDirectory, string present, SafeFileHandle addedDirectory, string added, int flags);

    [LibraryImport(Library, EntryPoint = "unlinkat", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int UnlinkAt(SafeFileHandle directory, string name, int flags);

    [LibraryImport(Library, EntryPoint = "mkdirat", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int MakeDirectoryAt(SafeFileHandle directory, string name, uint mode);

    [LibraryImport(Library, EntryPoint = "futimens", SetLastError = true)]
    public static partial int SetTimes(SafeFileHandle file, TimeSpecification* accessAndChange);

    [LibraryImport(Library, EntryPoint = "statx", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int GetStatusAt(SafeFileHandle directory, string name, int flags, uint mask, out FileStatus status);

    [LibraryImport(Library, EntryPoint = "socketpair", SetLastError = true)]
    public static partial int CreateSocketPair(int family, int kind, int protocol, int* ends);

    [LibraryImport(Library, EntryPoint = "sendmsg", SetLastError = true)]
    public static partial nint SendMessage(SafeFileHandle socket, void* header, int flags);

    [LibraryImport(Library, EntryPoint = "recvmsg", SetLastError = true)]
    public static partial nint ReceiveMessage(SafeFileHandle socket, void* header, int flags);

    [LibraryImport(Library, EntryPoint = "dup2", SetLastError = true)]
    public static partial int Duplicate(SafeFileHandle file, int descriptor);
}
