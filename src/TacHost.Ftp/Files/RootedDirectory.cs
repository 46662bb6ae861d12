using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;
using TacHost.Native;

namespace TacHost.Ftp.Files;

/// <summary>An open directory below which all names are resolved. No name leads outside.</summary>
/// <remarks>
/// The kernel guarantees this with openat2(2), since Linux 5.6. Symbolic links are followed if they stay
/// inside, and names that change during their resolution cannot lead outside. If the kernel does not have
/// the call, or a sandbox forbids it, paths are resolved name by name and symbolic links are not followed.
/// </remarks>
internal sealed partial class RootedDirectory : IDisposable
{
    /// <summary>The maximum number of attempts to resolve a path during concurrent renames.</summary>
    private const int Attempts = 100;

    private readonly SafeFileHandle _root;

    private RootedDirectory(SafeFileHandle root, bool followsLinks) => (_root, FollowsLinks) = (root, followsLinks);

    /// <summary>Gets whether symbolic links that stay inside are followed, which requires openat2(2).</summary>
    public bool FollowsLinks { get; }

    /// <summary>Opens a local directory as a root.</summary>
    /// <param name="path">The path of the directory.</param>
    /// <param name="byName">True to resolve paths name by name, as on a kernel without openat2(2).</param>
    /// <exception cref="IOException">The directory cannot be opened.</exception>
    public static RootedDirectory Open(string path, bool byName = false)
    {
        var descriptor = Libc.Open(path, OpenFlags.PathOnly | OpenFlag.Directory | OpenFlags.CloseOnExec, 0);
        if (descriptor < 0)
            throw new IOException($"The directory '{path}' cannot be opened: {Marshal.GetPInvokeErrorMessage(Marshal.GetLastPInvokeError())}.");
        SafeFileHandle root = new(descriptor, ownsHandle: true);
        return new RootedDirectory(root, !byName && KernelHelps(root));
    }

    /// <summary>Opens a subdirectory as a new root, for a user who may access only this part.</summary>
    /// <exception cref="FileRefusedException">The directory does not exist or cannot be opened.</exception>
    public RootedDirectory OpenRoot(VirtualPath path) => new(OpenAt(path, OpenFlags.PathOnly | OpenFlag.Directory), FollowsLinks);

    /// <summary>Opens a regular file. Never blocks on a pipe or a device.</summary>
    /// <exception cref="FileRefusedException">The file cannot be opened, or is not a regular file.</exception>
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

    /// <summary>Returns the status of a path after following symbolic links.</summary>
    /// <exception cref="FileRefusedException">The path does not exist, or leads outside.</exception>
    public FileStatus StatusOf(VirtualPath path)
    {
        using var place = OpenAt(path, OpenFlags.PathOnly);
        return StatusOf(place);
    }

    public static FileStatus StatusOf(SafeFileHandle file) =>
        FileStatusOf.Open(file) ?? throw Refused();

    public void Dispose() => _root.Dispose();

    private static FileRefusedException Refused() => new(Marshal.GetLastPInvokeError());

    /// <summary>Opens a path. All names from clients are resolved by this method.</summary>
    private SafeFileHandle OpenAt(VirtualPath path, OpenFlags flags, uint mode = 0)
    {
        flags |= OpenFlags.CloseOnExec;
        if (!FollowsLinks)
            return OpenByName(path, flags, mode);
        for (var attempt = 1; ; attempt++)
        {
            var descriptor = LibcFiles.OpenAt2(_root, path.Relative, flags, mode);
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
        var descriptor = LibcFiles.OpenAt(directory, name, flags | OpenFlag.NoFollow, mode);
        return descriptor >= 0 ? new SafeFileHandle(descriptor, ownsHandle: true) : throw Refused();
    }

    private static bool KernelHelps(SafeFileHandle root)
    {
        var descriptor = LibcFiles.OpenAt2(root, ".", OpenFlags.PathOnly);
        if (descriptor >= 0)
            new SafeFileHandle(descriptor, ownsHandle: true).Dispose();
        return descriptor >= 0;
    }
}
