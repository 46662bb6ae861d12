using System.Runtime.InteropServices;

namespace TacHost.Processes.Interop;

/// <summary>The functions for the identity of the process, and for the databases of users, groups and services.</summary>
internal static unsafe partial class Libc
{
    [LibraryImport(Library, EntryPoint = "getuid")]
    public static partial uint GetRealUserId();

    [LibraryImport(Library, EntryPoint = "geteuid")]
    public static partial uint GetEffectiveUserId();

    [LibraryImport(Library, EntryPoint = "getegid")]
    public static partial uint GetEffectiveGroupId();

    [LibraryImport(Library, EntryPoint = "getpwnam", StringMarshalling = StringMarshalling.Utf8)]
    public static partial UserEntry* GetUser(string name);

    [LibraryImport(Library, EntryPoint = "getpwuid")]
    public static partial UserEntry* GetUser(uint id);

    [LibraryImport(Library, EntryPoint = "getgrnam", StringMarshalling = StringMarshalling.Utf8)]
    public static partial GroupEntry* GetGroup(string name);

    [LibraryImport(Library, EntryPoint = "getgrouplist", StringMarshalling = StringMarshalling.Utf8)]
    public static partial int GetGroups(string user, uint group, uint* groups, int* count);

    [LibraryImport(Library, EntryPoint = "getservbyname", StringMarshalling = StringMarshalling.Utf8)]
    public static partial ServiceEntry* GetService(string name, string protocol);

    [LibraryImport(Library, EntryPoint = "fcntl", SetLastError = true)]
    public static partial int ControlDescriptor(int descriptor, int command, int argument);
}

/// <summary>struct passwd.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct UserEntry
{
    public nint Name;
    public nint Password;
    public uint UserId;
    public uint GroupId;
    public nint Comment;
    public nint Home;
    public nint Shell;
}

/// <summary>The beginning of struct group.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct GroupEntry
{
    public nint Name;
    public nint Password;
    public uint GroupId;
}

/// <summary>The beginning of struct servent.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct ServiceEntry
{
    public nint Name;
    public nint Aliases;

    /// <summary>The port in network byte order.</summary>
    public int Port;
}
