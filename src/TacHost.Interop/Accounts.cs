using System.Runtime.InteropServices;

namespace TacHost.Interop;

/// <summary>The users and groups of this machine, wherever it keeps them.</summary>
internal static unsafe class Accounts
{
    /// <summary>The user of that name, or null.</summary>
    public static Account? User(string name) => Copy(Libc.GetUser(name));

    /// <summary>The user of that number, or null.</summary>
    public static Account? User(uint id) => Copy(Libc.GetUser(id));

    /// <summary>The number of the group of that name, or null.</summary>
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
