using Microsoft.Win32.SafeHandles;

namespace TacHost.Native;

/// <summary>The used variants of statx(2).</summary>
internal static class FileStatusOf
{
    private const int WorkingDirectory = -100; // AT_FDCWD
    private const int NoFollow = 0x100; // AT_SYMLINK_NOFOLLOW
    private const int EmptyPath = 0x1000; // AT_EMPTY_PATH
    private const uint BasicStatus = 0x7FF; // STATX_BASIC_STATS

    /// <summary>Returns the status of a path without following a symbolic link at its end, or null if the path is missing or not accessible.</summary>
    public static FileStatus? Path(string path) => Status(WorkingDirectory, path, NoFollow);

    /// <summary>Returns the status of a path after following symbolic links, or null if the path does not exist or is not accessible.</summary>
    public static FileStatus? Target(string path) => Status(WorkingDirectory, path, 0);

    /// <summary>Returns the status of an open file, or null after an error.</summary>
    public static FileStatus? Open(SafeFileHandle file) => Status(file, "", EmptyPath);

    /// <summary>Returns the status of a name in an open directory without following a symbolic link, or null if the name is missing or not accessible.</summary>
    public static FileStatus? At(SafeFileHandle directory, string name) => Status(directory, name, NoFollow);

    private static FileStatus? Status(SafeFileHandle directory, string path, int flags)
    {
        var held = false;
        try
        {
            directory.DangerousAddRef(ref held);
            return Status((int)directory.DangerousGetHandle(), path, flags);
        }
        finally
        {
            if (held)
                directory.DangerousRelease();
        }
    }

    private static FileStatus? Status(int directory, string path, int flags) =>
        Libc.Statx(directory, path, flags, BasicStatus, out var status) == 0 ? status : null;
}
