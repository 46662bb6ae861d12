using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace TacHost.Interop;

/// <summary>A directory that stays reachable whatever becomes of its path, also from inside a chroot that does not hold it.</summary>
/// <remarks>A result of false or null leaves the reason in <see cref="Marshal.GetLastPInvokeError"/>.</remarks>
internal sealed class OpenDirectory : IDisposable
{
    private const int NoFollow = 0x100;
    private const uint BasicStatus = 0x7FF;

    private readonly string _path;
    private readonly FileStatus? _root = FileStatusOf.Path("/");
    private SafeFileHandle _handle;

    private OpenDirectory(string path, SafeFileHandle handle) => (_path, _handle) = (path, handle);

    /// <summary>Opens a directory by its path.</summary>
    public static OpenDirectory? Open(string path) => OpenHandle(path) is { } handle ? new OpenDirectory(path, handle) : null;

    /// <summary>Goes over to the directory that the path names by now, unless the root of this process has changed and the path means something else.</summary>
    public void FollowPath()
    {
        if (_root is not { } root || FileStatusOf.Path("/") is not { } rootNow || !root.IsSameFileAs(rootNow))
            return;

        // The dot makes a symbolic link count as what it leads to.
        if (FileStatusOf.Path(_path + "/.") is not { } present || (FileStatusOf.Open(_handle) is { } own && own.IsSameFileAs(present)))
            return;
        if (OpenHandle(_path) is not { } handle)
            return;
        _handle.Dispose();
        _handle = handle;
    }

    /// <summary>The status of an entry, without following a symbolic link.</summary>
    public FileStatus? Status(string name) =>
        Libc.GetStatusAt(_handle, name, NoFollow, BasicStatus, out var status) == 0 ? status : null;

    /// <summary>Opens an entry; never through a symbolic link, never waiting for the other end of a pipe, and closed for child processes.</summary>
    public SafeFileHandle? OpenFile(string name, OpenFlags flags, uint mode = 0)
    {
        var descriptor = Libc.OpenAt(_handle, name, flags | OpenFlags.CloseOnExec | OpenFlags.NonBlocking | OpenFlag.NoFollow, mode);
        return descriptor < 0 ? null : new SafeFileHandle(descriptor, ownsHandle: true);
    }

    public bool Rename(string from, string to) => Libc.RenameAt(_handle, from, _handle, to) == 0;

    /// <summary>Gives a file another name, unless something has that name already.</summary>
    public bool Link(string present, string added) => Libc.LinkAt(_handle, present, _handle, added, 0) == 0;

    public bool Delete(string name) => Libc.UnlinkAt(_handle, name, 0) == 0;

    public void Dispose() => _handle.Dispose();

    private static SafeFileHandle? OpenHandle(string path)
    {
        var descriptor = Libc.Open(path + "/.", OpenFlags.PathOnly | OpenFlags.CloseOnExec, 0);
        return descriptor < 0 ? null : new SafeFileHandle(descriptor, ownsHandle: true);
    }
}
