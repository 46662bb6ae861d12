using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace TacHost.Native;

/// <summary>An open directory, which stays accessible if its path changes.</summary>
/// <remarks>After a result of false or null, <see cref="Marshal.GetLastPInvokeError"/> returns the error.</remarks>
internal sealed class OpenDirectory : IDisposable
{
    private readonly string _path;
    private IDirectoryCalls _calls;

    private OpenDirectory(string path, SafeFileHandle handle) => (_path, _calls) = (path, new LocalDirectory(handle));

    /// <summary>Gets the descriptor.</summary>
    /// <exception cref="InvalidOperationException">The directory has been left to another process.</exception>
    public SafeFileHandle Handle => Local?.Handle ?? throw new InvalidOperationException("The directory has been left to another process.");

    private LocalDirectory? Local => _calls as LocalDirectory;

    public static OpenDirectory? Open(string path)
    {
        var descriptor = Libc.Open(path + "/.", OpenFlags.PathOnly | OpenFlags.CloseOnExec, 0);
        return descriptor < 0 ? null : new OpenDirectory(path, new SafeFileHandle(descriptor, ownsHandle: true));
    }

    /// <summary>Creates an object that owns the directory of a path walk.</summary>
    /// <param name="walk">The path walk.</param>
    /// <param name="path">The path for <see cref="FollowPath"/>. Defaults to the directory's own path.</param>
    public static OpenDirectory Of(PathWalk walk, string? path = null) => new(path ?? walk.DirectoryPlace, walk.TakeDirectory());

    /// <summary>Switches to the directory that the path refers to now, unless the directory has been left to another process.</summary>
    public void FollowPath()
    {
        // The dot follows a symbolic link.
        if (Local is not { } local || FileStatusOf.Path(_path + "/.") is not { } present || (FileStatusOf.Open(local.Handle) is { } own && own.IsSameFileAs(present)))
            return;
        using var walk = PathWalk.Along(_path, entersLast: true, refusesForeignLinks: LibcAccounts.GetEuid() == 0);
        if (walk.Error == 0)
            Replace(new LocalDirectory(walk.TakeDirectory()));
    }

    /// <summary>Closes the directory, and redirects all operations to another process.</summary>
    public void LeaveTo(IDirectoryCalls other) => Replace(other);

    /// <summary>Returns the status of an entry, without following a symbolic link.</summary>
    public FileStatus? Status(string name) => _calls.Status(name);

    /// <summary>Opens an entry. Never follows a symbolic link, and never blocks on a pipe. Child processes do not inherit the descriptor.</summary>
    public SafeFileHandle? OpenFile(string name, OpenFlags flags, uint mode = 0) => _calls.OpenFile(name, flags, mode);

    public bool Rename(string from, string to) => _calls.Rename(from, to);

    public bool Delete(string name) => _calls.Delete(name);

    /// <summary>Links a file to another name if that name is not in use.</summary>
    public bool Link(string present, string added) => LibcFiles.LinkAt(Handle, present, Handle, added, 0) == 0;

    /// <summary>Exchanges the names of two files atomically.</summary>
    /// <returns>True if the names were exchanged, false after an error, or null if the file system does not support the operation.</returns>
    public bool? Exchange(string name, string other)
    {
        try
        {
            const uint exchange = 2;
            if (LibcFiles.RenameAt2(Handle, name, Handle, other, exchange) == 0)
                return true;
            return Marshal.GetLastPInvokeError() is Errno.InvalidArgument or Errno.NoSuchCall ? null : false;
        }
        catch (EntryPointNotFoundException)
        {
            return null;
        }
    }

    /// <summary>Deletes temporary files of processes that were killed before they could rename the file. The process ID is the file extension.</summary>
    /// <param name="isOurs">Returns whether a name, without the process ID, is one of the program's files.</param>
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
            // Retried at the next start.
        }
    }

    public void Dispose() => _calls.Dispose();

    private void Replace(IDirectoryCalls calls)
    {
        _calls.Dispose();
        _calls = calls;
    }
}
