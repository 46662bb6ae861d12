using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace TacHost.Interop;

/// <summary>A directory that stays reachable whatever becomes of its path.</summary>
/// <remarks>A result of false or null leaves the reason in <see cref="Marshal.GetLastPInvokeError"/>.</remarks>
internal sealed class OpenDirectory : IDisposable
{
    private readonly string _path;
    private IDirectoryCalls _calls;

    private OpenDirectory(string path, SafeFileHandle handle) => (_path, _calls) = (path, new LocalDirectory(handle));

    /// <summary>Gets the descriptor.</summary>
    /// <exception cref="InvalidOperationException">The directory has been left to another process.</exception>
    public SafeFileHandle Handle => Local?.Handle ?? throw new InvalidOperationException("The directory has been left to another process.");

    private LocalDirectory? Local => _calls as LocalDirectory;

    /// <summary>Opens a directory by its path.</summary>
    public static OpenDirectory? Open(string path)
    {
        var descriptor = Libc.Open(path + "/.", OpenFlags.PathOnly | OpenFlags.CloseOnExec, 0);
        return descriptor < 0 ? null : new OpenDirectory(path, new SafeFileHandle(descriptor, ownsHandle: true));
    }

    /// <summary>The directory that a walk has led to, which belongs to the new object from now on.</summary>
    /// <param name="walk">The walk.</param>
    /// <param name="path">The path that <see cref="FollowPath"/> follows; the directory's own by default.</param>
    public static OpenDirectory Of(PathWalk walk, string? path = null) => new(path ?? walk.DirectoryPlace, walk.TakeDirectory());

    /// <summary>Goes over to the directory that the path names by now, unless another process has the directory.</summary>
    public void FollowPath()
    {
        // The dot makes a symbolic link count as what it leads to.
        if (Local is not { } local || FileStatusOf.Path(_path + "/.") is not { } present || (FileStatusOf.Open(local.Handle) is { } own && own.IsSameFileAs(present)))
            return;
        using var walk = PathWalk.Along(_path, entersLast: true, refusesForeignLinks: Libc.GetEffectiveUserId() == 0);
        if (walk.Error == 0)
            Replace(new LocalDirectory(walk.TakeDirectory()));
    }

    /// <summary>Closes the directory here, and makes all calls through another process from now on.</summary>
    public void LeaveTo(IDirectoryCalls other) => Replace(other);

    /// <summary>The status of an entry, without following a symbolic link.</summary>
    public FileStatus? Status(string name) => _calls.Status(name);

    /// <summary>Opens an entry; never through a symbolic link, never waiting for the other end of a pipe, and closed for child processes.</summary>
    public SafeFileHandle? OpenFile(string name, OpenFlags flags, uint mode = 0) => _calls.OpenFile(name, flags, mode);

    public bool Rename(string from, string to) => _calls.Rename(from, to);

    public bool Delete(string name) => _calls.Delete(name);

    /// <summary>Gives a file another name, unless something has that name already.</summary>
    public bool Link(string present, string added) => Libc.LinkAt(Handle, present, Handle, added, 0) == 0;

    /// <summary>Gives each of two files the name of the other at once.</summary>
    /// <returns>Null if the file system cannot do that.</returns>
    public bool? Exchange(string name, string other)
    {
        try
        {
            const uint exchange = 2;
            if (Libc.RenameAt(Handle, name, Handle, other, exchange) == 0)
                return true;
            return Marshal.GetLastPInvokeError() is Errno.InvalidArgument or Errno.NoSuchCall ? null : false;
        }
        catch (EntryPointNotFoundException)
        {
            return null;
        }
    }

    /// <summary>Deletes what processes have prepared under another name, with their number behind, and were killed before it had its own.</summary>
    /// <param name="isOurs">Whether a name is one that is prepared so.</param>
    public void DeleteAbandoned(Func<string, bool> isOurs)
    {
        try
        {
            foreach (var path in Directory.EnumerateFiles($"/proc/self/fd/{(int)Handle.DangerousGetHandle()}"))
            {
                var (name, process) = (Path.GetFileNameWithoutExtension(path), Path.GetExtension(path));
                if (isOurs(name) && process.Length > 1 && process.AsSpan(1).ContainsAnyExceptInRange('0', '9') is false && !Directory.Exists($"/proc/{process[1..]}"))
                    Delete(Path.GetFileName(path));
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // Left for the next time.
        }
    }

    public void Dispose() => _calls.Dispose();

    private void Replace(IDirectoryCalls calls)
    {
        _calls.Dispose();
        _calls = calls;
    }
}
