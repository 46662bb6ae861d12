using System.Runtime.InteropServices;

namespace TacHost.Native;

/// <summary>The functions that change the users, groups and root directory of the process. They change all threads. The raw system calls would change only one.</summary>
internal static unsafe partial class LibcIdentity
{
    [LibraryImport(Libc.Library, EntryPoint = "getresuid")]
    public static partial int GetResUid(out uint real, out uint effective, out uint saved);

    [LibraryImport(Libc.Library, EntryPoint = "setresuid", SetLastError = true)]
    public static partial int SetResUid(uint real, uint effective, uint saved);

    [LibraryImport(Libc.Library, EntryPoint = "setresgid", SetLastError = true)]
    public static partial int SetResGid(uint real, uint effective, uint saved);

    [LibraryImport(Libc.Library, EntryPoint = "setgroups", SetLastError = true)]
    public static partial int SetGroups(nuint count, uint* groups);

    [LibraryImport(Libc.Library, EntryPoint = "prctl", SetLastError = true)]
    public static partial int Prctl(int option, nuint first, nuint second, nuint third, nuint fourth);

    [LibraryImport(Libc.Library, EntryPoint = "chroot", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int Chroot(string path);

    [LibraryImport(Libc.Library, EntryPoint = "umask")]
    public static partial uint Umask(uint mask);
}
