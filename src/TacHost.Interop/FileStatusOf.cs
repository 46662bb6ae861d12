using Microsoft.Win32.SafeHandles;

namespace TacHost.Interop;

/// <summary>statx(2) in the three forms that are needed.</summary>
internal static class FileStatusOf
{
    private const int WorkingDirectory = -100;
    private const int NoFollow = 0x100;
    private const int EmptyPath = 0x1000;
    private const uint BasicStatus = 0x7FF;

    /// <summary>The status of what a path names, without following a symbolic link at its end; null if there is nothing or it may not be looked at.</summary>
    public static FileStatus? Path(string path) =>
        Libc.GetStatus(WorkingDirectory, path, NoFollow, BasicStatus, out var status) == 0 ? status : null;

    /// <summary>The status of what a path leads to, through symbolic links; null if there is nothing or it may not be looked at.</summary>
    public static FileStatus? Target(string path) =>
        Libc.GetStatus(WorkingDirectory, path, 0, BasicStatus, out var status) == 0 ? status : null;

    /// <summary>The status of an open file.</summary>
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
