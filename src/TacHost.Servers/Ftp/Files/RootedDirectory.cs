using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;
using TacHost.Interop;

namespace TacHost.Servers.Ftp.Files;

/// <summary>A directory, held open, from which every name is resolved and out of which none leads.</summary>
/// <remarks>
/// The kernel sees to that itself (openat2(2), since Linux 5.6): symbolic links are followed as long as they stay inside, and a name that changes
/// during its resolution cannot lead out either. Where the kernel lacks the call, or a sandbox forbids it, the way is gone name by name and no symbolic link is followed.
/// </remarks>
internal sealed partial class RootedDirectory : IDisposable
{
    /// <summary>How often a resolution is tried again that somebody's renaming has disturbed.</summary>
    private const int Attempts = 100;

    private readonly SafeFileHandle _root;

    private RootedDirectory(SafeFileHandle root, bool followsLinks) => (_root, FollowsLinks) = (root, followsLinks);

    /// <summary>Whether symbolic links that stay inside are followed, which takes the kernel's help.</summary>
    public bool FollowsLinks { get; }

    /// <summary>Opens a directory of this machine as a root.</summary>
    /// <param name="path">The directory.</param>
    /// <param name="byName">Goes without the kernel's help, as on a kernel that has none to give.</param>
    /// <exception cref="IOException">It cannot be opened.</exception>
    public static RootedDirectory Open(string path, bool byName = false)
    {
        var descriptor = Libc.Open(path, OpenFlags.PathOnly | OpenFlag.Directory | OpenFlags.CloseOnExec, 0);
        if (descriptor < 0)
            throw new IOException($"The directory '{path}' cannot be opened: {Marshal.GetPInvokeErrorMessage(Marshal.GetLastPInvokeError())}.");
        SafeFileHandle root = new(descriptor, ownsHandle: true);
        return new RootedDirectory(root, !byName && KernelHelps(root));
    }

    /// <summary>A root of its own for somebody who is to see no more than a part.</summary>
    /// <exception cref="FileRefusedException">There is no such directory.</exception>
    public RootedDirectory OpenRoot(VirtualPath path) => new(OpenAt(path, OpenFlags.PathOnly | OpenFlag.Directory), FollowsLinks);

    /// <summary>Opens a regular file, never waiting for a pipe or a device.</summary>
    /// <exception cref="FileRefusedException">It cannot be opened, or is none.</exception>
    public SafeFileHandle OpenFile(VirtualPath path, OpenFlags flags)
    {
        if (path.IsRoot)
            throw new FileRefusedException(Errno.IsADirectory);
        var file = OpenAt(path, flags | OpenFlags.NonBlocking | OpenFlags.NoControllingTerminal, flags.HasFlag(OpenFlags.Create) ? 0x1B6u : 0);
        var status = StatusOf(file);
        var isSafe = !flags.HasFlag(OpenFlags.WriteOnly) || status.IsOrdinary || !GuardedFile.IsRoot;
        if (status.IsRegularFile && isSafe)
            return file;
        file.Dispose();

        // Another user of this machine may have given a file of root's a name in here.
        if (status.IsRegularFile)
            throw new FileRefusedException(Errno.AccessDenied) { Warning = $"'{path}' has several names, and root does not write through a name that another user of this machine may have made" };
        throw new FileRefusedException(status.IsDirectory ? Errno.IsADirectory : Errno.AccessDenied);
    }

    /// <summary>What a name stands for, after symbolic links.</summary>
    /// <exception cref="FileRefusedException">There is nothing, or it is outside.</exception>
    public FileStatus StatusOf(VirtualPath path)
    {
        using var place = OpenAt(path, OpenFlags.PathOnly);
        return StatusOf(place);
    }

    /// <summary>The status of an open file.</summary>
    public static FileStatus StatusOf(SafeFileHandle file) =>
        FileStatusOf.Open(file) ?? throw Refused();

    public void Dispose() => _root.Dispose();

    private static FileRefusedException Refused() => new(Marshal.GetLastPInvokeError());

    /// <summary>Every name that a client gives comes through here.</summary>
    private SafeFileHandle OpenAt(VirtualPath path, OpenFlags flags, uint mode = 0)
    {
        flags |= OpenFlags.CloseOnExec;
        if (!FollowsLinks)
            return OpenByName(path, flags, mode);
        for (var attempt = 1; ; attempt++)
        {
            var descriptor = Libc.OpenBelow(_root, path.Relative, flags, mode);
            if (descriptor >= 0)
                return new SafeFileHandle(descriptor, ownsHandle: true);
            if (Marshal.GetLastPInvokeError() != Errno.TryAgain || attempt == Attempts)
                throw Refused();
        }
    }

    private SafeFileHandle OpenByName(VirtualPath path, OpenFlags flags, uint mode)
    {
        if (path.IsRoot)
            return OpenName(_root, ".", flags, mode);
        var directory = _root;
        try
        {
            for (var i = 0; i < path.Names.Count - 1; i++)
            {
                var next = OpenName(directory, path.Names[i], OpenFlags.PathOnly | OpenFlag.Directory | OpenFlags.CloseOnExec, 0);
                if (directory != _root)
                    directory.Dispose();
                directory = next;
            }

            var opened = OpenName(directory, path.Name, flags, mode);
            if (!flags.HasFlag(OpenFlags.PathOnly) || !StatusOf(opened).IsSymbolicLink)
                return opened;
            opened.Dispose();
            throw new FileRefusedException(Errno.TooManyLinks);
        }
        finally
        {
            if (directory != _root)
                directory.Dispose();
        }
    }

    private static SafeFileHandle OpenName(SafeFileHandle directory, string name, OpenFlags flags, uint mode)
    {
        var descriptor = Libc.OpenAt(directory, name, flags | OpenFlag.NoFollow, mode);
        return descriptor >= 0 ? new SafeFileHandle(descriptor, ownsHandle: true) : throw Refused();
    }

    private static bool KernelHelps(SafeFileHandle root)
    {
        var descriptor = Libc.OpenBelow(root, ".", OpenFlags.PathOnly);
        if (descriptor >= 0)
            new SafeFileHandle(descriptor, ownsHandle: true).Dispose();
        return descriptor >= 0;
    }
}
