using System.Runtime.InteropServices;

namespace TacHost.Native;

/// <summary>The identity of the process, and the databases of users, groups and services.</summary>
internal static unsafe partial class LibcAccounts
{
    [LibraryImport(Libc.Library, EntryPoint = "getuid")]
    public static partial uint GetUid();

    [LibraryImport(Libc.Library, EntryPoint = "geteuid")]
    public static partial uint GetEuid();

    [LibraryImport(Libc.Library, EntryPoint = "getegid")]
    public static partial uint GetEgid();

    [LibraryImport(Libc.Library, EntryPoint = "getpwnam", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    public static partial UserEntry* GetPwNam(string name);

    [LibraryImport(Libc.Library, EntryPoint = "getpwuid", SetLastError = true)]
    public static partial UserEntry* GetPwUid(uint id);

    [LibraryImport(Libc.Library, EntryPoint = "getgrnam", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    public static partial GroupEntry* GetGrNam(string name);

    [LibraryImport(Libc.Library, EntryPoint = "getgrouplist", StringMarshalling = StringMarshalling.Utf8)]
    public static partial int GetGroupList(string user, uint group, uint* groups, int* count);

    [LibraryImport(Libc.Library, EntryPoint = "getservbyname", StringMarshalling = StringMarshalling.Utf8)]
    public static partial ServiceEntry* GetServByName(string name, string protocol);
}
