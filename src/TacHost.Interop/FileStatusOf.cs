using Microsoft.Win32.SafeHandles;

namespace TacHost.Interop;

/// <summary>The used variants of statx(2).</summary>
internal static class FileStatusOf
{
    private const int WorkingDirectory = -100;
    private const int NoFollow = 0x100;
    private const int EmptyPath = 0x1000;
    private const uint BasicStatus = 0x7FF;

    /// <summary>Returns the status of a path without following a symbolic link at its end, or null if the path is missing or not accessible.</summary>
    public static FileStatus? Path(string path) =>
        Libc.GetStatus(WorkingDirectory, path, NoFollow, BasicStatus, out var status) == 0 ? status : null;

    /// <summary>Returns the status of a path after following symbolic links, or null if the path does not exist or is not accessible.</summary>
    public static FileStatus? Target(string path) =>
        Libc.GetStatus(WorkingDirectory, path, 0, BasicStatus, out var status) == 0 ? status : null;

    /// <summary>Returns the status of an open file, or null after an error.</summary>
    public static FileStatus? Open(SafeFileHandle file)
    {
        var held = false;
        try
        {
            file.DangerousAddRef(ref held);
            return Libc.GetStatus((int)file.DangerousGetHandle(), "", EmptyPath, BasicStatus, out var status) == 0 ? status : null;
        }
        finally
        {
            if (held)
                file.DangerousRelease();
        }
    }
}
