using System.Runtime.InteropServices;

namespace TacHost.Native;

/// <summary>The identity of the process, and the databases of users, groups and services.</summary>
internal static unsafe partial class LibcAccounts
{
    [LibraryImport(Libc.Library, EntryPoint = "getuid")]
    public static partial uint GetRealUserId();

    [LibraryImport(Libc.Library, EntryPoint = "geteuid")]
    public static partial uint GetEffectiveUserId();

    [LibraryImport(Libc.Library, EntryPoint = "getegid")]
    public static partial uint GetEffectiveGroupId();

    [LibraryImport(Libc.Library, EntryPoint = "getpwnam", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    public static partial UserEntry* GetUser(string name);

    [LibraryImport(Libc.Library, EntryPoint = "getpwuid", SetLastError = true)]
    public static partial UserEntry* GetUser(uint id);

    [LibraryImport(Libc.Library, EntryPoint = "getgrnam", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    public static partial GroupEntry* GetGroup(string name);

    [LibraryImport(Libc.Library, EntryPoint = "getgrouplist", StringMarshalling = StringMarshalling.Utf8)]
    public static partial int GetGroups(string user, uint group, uint* groups, int* count);

    [LibraryImport(Libc.Library, EntryPoint = "getservbyname", StringMarshalling = StringMarshalling.Utf8)]
    public static partial ServiceEntry* GetService(string name, string protocol);
}
