using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace TacHost.Native;

/// <summary>Writes a small file in one step, so that a reader sees the old content or the new. Never writes through a link that another user may have planted.</summary>
internal static class StateFile
{
    private const uint Mode = 0x1B6; // 0666, restricted by the umask

    /// <summary>Writes the file.</summary>
    /// <param name="path">The path. A symbolic link there is replaced.</param>
    /// <param name="content">The content.</param>
    /// <param name="suffix">The suffix of the file that is written first and then renamed.</param>
    /// <param name="reachesDisk">True if the content must survive a crash of the machine.</param>
    /// <exception cref="IOException">The file cannot be written.</exception>
    public static void Write(string path, ReadOnlySpan<byte> content, string suffix, bool reachesDisk = false)
    {
        using var walk = PathWalk.Along(Path.GetFullPath(path), followsLast: false, refusesForeignLinks: GuardedFile.IsRoot);
        if (walk.Error != 0)
            throw Failure(walk.Error);
        var (directory, prepared) = (walk.Directory, walk.Name + suffix);
        _ = LibcFiles.UnlinkAt(directory, prepared, 0);
        try
        {
            using (SafeFileHandle file = new(LibcFiles.OpenAt(directory, prepared, OpenFlags.WriteOnly | OpenFlags.Create | OpenFlags.Exclusive | OpenFlag.NoFollow | OpenFlags.CloseOnExec, Mode), ownsHandle: true))
            {
                if (file.IsInvalid)
                    throw Failure(Marshal.GetLastPInvokeError());
                RandomAccess.Write(file, content, 0);
                if (reachesDisk)
                    RandomAccess.FlushToDisk(file);
            }

            if (LibcFiles.RenameAt(directory, prepared, directory, walk.Name) != 0)
                throw Failure(Marshal.GetLastPInvokeError());
        }
        catch
        {
            _ = LibcFiles.UnlinkAt(directory, prepared, 0);
            throw;
        }

        IOException Failure(int error) => new($"{path}: {Errno.Text(error)}.");
    }
}
