using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;
using TacHost.Native;

namespace TacHost.Ftp.Files;

/// <summary>The operations that change files. Each applies to a name in an opened directory, and does not follow a symbolic link with that name.</summary>
internal sealed partial class RootedDirectory
{
    /// <summary>Removes a file or a symbolic link.</summary>
    public void Delete(VirtualPath path) => Change(path, (directory, name) => LibcFiles.UnlinkAt(directory, name, 0));

    public void RemoveDirectory(VirtualPath path) => Change(path, (directory, name) => LibcFiles.UnlinkAt(directory, name, LibcFiles.AtRemoveDir));

    public void MakeDirectory(VirtualPath path) => Change(path, (directory, name) => LibcFiles.MkdirAt(directory, name, 0x1FF));

    /// <summary>Moves a file or a directory. Replaces an existing file of that name.</summary>
    public void Rename(VirtualPath from, VirtualPath to)
    {
        using var fromDirectory = OpenParent(from);
        try
        {
            Change(to, (directory, name) => LibcFiles.RenameAt(fromDirectory, from.Name, directory, name));
        }
        catch (FileRefusedException e) when (e.Error == Errno.CrossDevice)
        {
            throw new FileRefusedException(e.Error, "It cannot be moved there: that is another file system.");
        }
    }

    public unsafe void SetModified(VirtualPath path, DateTimeOffset time)
    {
        using var file = OpenFile(path, OpenFlags.WriteOnly);
        var times = stackalloc TimeSpecification[]
        {
            new TimeSpecification { Nanoseconds = TimeSpecification.Omit },
            new TimeSpecification { Seconds = (nint)time.ToUnixTimeSeconds() },
        };
        if (LibcFiles.FUtimens(file, times) < 0)
            throw Refused();
    }

    public static void Truncate(SafeFileHandle file, long length)
    {
        if (LibcFiles.FTruncate(file, length) < 0)
            throw Refused();
    }

    private void Change(VirtualPath path, Func<SafeFileHandle, string, int> call)
    {
        using var directory = OpenParent(path);
        if (call(directory, path.Name) < 0)
            throw new FileRefusedException(Marshal.GetLastPInvokeError());
    }

    private SafeFileHandle OpenParent(VirtualPath path) =>
        path.IsRoot ? throw new FileRefusedException(Errno.AccessDenied) : OpenAt(path.Parent, OpenFlags.PathOnly | OpenFlag.Directory);
}
