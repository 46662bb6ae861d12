using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace TacHost.Native;

/// <summary>The functions on the files of UNIX sockets, and on the descriptors of the process.</summary>
internal static partial class LibcSocketFiles
{
    /// <summary>AT_FDCWD: a relative path begins at the working directory.</summary>
    public const int WorkingDirectory = -100;

    /// <summary>AT_EMPTY_PATH: with an empty path, the descriptor itself is meant.</summary>
    public const int EmptyPath = 0x1000;

    /// <summary>FD_CLOEXEC of fcntl(2).</summary>
    public const int CloseOnExec = 1;

    /// <summary>RLIMIT_NOFILE of getrlimit(2).</summary>
    public const int RLimitNoFile = 7;

    [LibraryImport(Libc.Library, EntryPoint = "close", SetLastError = true)]
    public static partial int Close(int descriptor);

    [LibraryImport(Libc.Library, EntryPoint = "flock", SetLastError = true)]
    public static partial int Flock(SafeFileHandle file, int operation);

    [LibraryImport(Libc.Library, EntryPoint = "fchmodat", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int FChmodAt(int directory, string path, uint mode, int flags);

    [LibraryImport(Libc.Library, EntryPoint = "fchownat", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int FChownAt(int directory, string path, uint user, uint group, int flags);

    [LibraryImport(Libc.Library, EntryPoint = "getrlimit", SetLastError = true)]
    public static partial int GetRLimit(int resource, out ResourceLimit limit);
}

/// <summary>struct rlimit of getrlimit(2).</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct ResourceLimit
{
    public nuint Soft;
    public nuint Hard;
}
