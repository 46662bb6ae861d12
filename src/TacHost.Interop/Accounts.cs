using System.Runtime.InteropServices;

namespace TacHost.Interop;

/// <summary>The databases of users and groups, as configured for the C library.</summary>
internal static unsafe class Accounts
{
    /// <summary>Returns the user with a name, or null.</summary>
    public static Account? User(string name) => Copy(Libc.GetUser(name));

    /// <summary>Returns the user with an ID, or null.</summary>
    public static Account? User(uint id) => Copy(Libc.GetUser(id));

    /// <summary>Returns the ID of the group with a name, or null.</summary>
    public static uint? Group(string name)
    {
        var entry = Libc.GetGroup(name);
        return entry is null ? null : entry->GroupId;
    }

    private static Account? Copy(UserEntry* entry) =>
        entry is null ? null : new Account(Marshal.PtrToStringUTF8(entry->Name)!, entry->UserId, entry->GroupId, Marshal.PtrToStringUTF8(entry->Home) ?? "", Marshal.PtrToStringUTF8(entry->Shell) ?? "");
}

/// <summary>A user of this machine.</summary>
internal sealed record Account(string Name, uint UserId, uint GroupId, string Home, string Shell);
