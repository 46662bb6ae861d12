using System.Runtime.InteropServices;

namespace TacHost.Native;

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
