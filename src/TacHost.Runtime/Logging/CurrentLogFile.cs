using System.Runtime.InteropServices;
using TacHost.Native;

namespace TacHost.Logging;

/// <summary>The current log file. Follows a rename, replacement or deletion of the file, and gives a new file the same permissions as the previous one.</summary>
internal sealed class CurrentLogFile : IDisposable
{
    private const uint ReadableAndWritable = 0x1B6; // 0666, restricted by the umask

    private readonly OpenDirectory? _directory;
    private readonly string _name;
    private StandardStreams? _streams;
    private readonly string _path;
    private readonly string? _distrust;
    private AppendedFile _file;

    private CurrentLogFile(AppendedFile file, OpenDirectory? directory, string name, string path, string? distrust, bool takesStandardStreams)
    {
        (_file, _directory, _name, _path, _distrust) = (file, directory, name, path, distrust);
        _streams = takesStandardStreams ? new StandardStreams() : null;
        RedirectStreams();
    }

    /// <summary>Gets the directory of the file, or null if it is a pipe or a device, which cannot be rotated.</summary>
    public OpenDirectory? Directory => _directory;

    public string Name => _name;

    public FileStatus Status => _file.Status;

    /// <summary>Gets whether only root could have created a file at this path.</summary>
    public bool IsTrusted => _distrust is null;

    /// <summary>Opens or creates the file.</summary>
    /// <exception cref="TacHostException">The file cannot be written.</exception>
    public static CurrentLogFile Open(string path, bool takesStandardStreams)
    {
        using var opened = OpenGuarded(path);
        var (walk, distrust) = (opened.Walk, opened.Distrust);
        var file = new AppendedFile(opened.Handle);
        if (!file.Status.IsRegularFile)
            return new CurrentLogFile(file, null, Path.GetFileName(path), path, distrust, takesStandardStreams);

        // A symbolic link stays unchanged, and the files are rotated in the directory of its target.
        var name = walk.Name;
        var directory = OpenDirectory.Of(walk, FileStatusOf.Path(path) is { IsSymbolicLink: true } ? null : Path.GetDirectoryName(path));
        EndUnfinishedLine(file, directory, name);
        return new CurrentLogFile(file, directory, name, path, distrust, takesStandardStreams);
    }

    private static GuardedFile OpenGuarded(string path)
    {
        try
        {
            return GuardedFile.Open(path, OpenFlags.WriteOnly | OpenFlags.Append | OpenFlags.Create, ReadableAndWritable);
        }
        catch (GuardedFileException e)
        {
            throw e.Refusal is { } reason ? Refused(path, reason) : CannotWrite(path, e.Error);
        }
    }

    /// <summary>Completes a line that was truncated by the end of an earlier process, so that the next line starts in the first column.</summary>
    private static void EndUnfinishedLine(AppendedFile file, OpenDirectory directory, string name)
    {
        var status = file.Status;
        using var readable = status.Size > 0 ? directory.OpenFile(name, OpenFlags.ReadOnly) : null;
        var last = new byte[1];
        if (readable is not null && FileStatusOf.Open(readable) is { } same && same.IsSameFileAs(status) && RandomAccess.Read(readable, last, status.Size - 1) == 1 && last[0] != (byte)'\n')
            file.Append("\n"u8);
    }

    /// <summary>
    /// Requires that the file belongs to root or to the given user, if others can write to its directory. The
    /// given user is the one that the process switches to.
    /// </summary>
    /// <exception cref="TacHostException">The file belongs to another user.</exception>
    public void RequireOwner(uint? user)
    {
        if (_distrust is not null && Status.UserId is var owner && !MayBelongTo(owner) && owner != user)
            throw Refused(_path, $"it belongs to user {owner}, and {_distrust}. Root writes only to a file of its own there, or of the user that it becomes");
    }

    /// <summary>Appends lines, or only a part of them.</summary>
    public (int Written, int Error) Append(ReadOnlySpan<byte> lines) => _file.Append(lines);

    /// <summary>Removes an incomplete line.</summary>
    public void TakeBack(int count, long length) => _file.TakeBack(count, length);

    /// <summary>Switches to another file if the name refers to a different file or to none.</summary>
    /// <returns>0, or an error if the current file has been deleted and cannot be replaced.</returns>
    public int FollowName()
    {
        if (_directory is null)
            return 0;
        _directory.FollowPath();
        var own = Status;
        if (_directory.Status(_name) is { } present && present.IsSameFileAs(own))
            return 0;
        return Renew() is not 0 and var error && own.Links == 0 ? error : 0;
    }

    /// <summary>Switches to the file that has the name now, or creates it.</summary>
    /// <returns>0, or the error because of which the previous file stays in use.</returns>
    public int Renew()
    {
        if (_directory is null)
            return 0;
        const OpenFlags append = OpenFlags.WriteOnly | OpenFlags.Append;
        var own = Status;
        var created = _directory.OpenFile(_name, append | OpenFlags.Create | OpenFlags.Exclusive, own.Permissions);
        if ((created ?? _directory.OpenFile(_name, append)) is not { } handle)
            return Marshal.GetLastPInvokeError();
        var file = new AppendedFile(handle);
        if (_distrust is not null && IsRoot && !(file.Status is { IsOrdinary: true, UserId: var owner } && (MayBelongTo(owner) || owner == own.UserId)))
        {
            file.Dispose();
            return Errno.NotPermitted;
        }

        if (created is not null)
            Resemble(file, own);
        _file.Dispose();
        _file = file;
        RedirectStreams();
        return 0;
    }

    /// <summary>Redirects standard output and standard error to the file, until it is closed.</summary>
    public void TakeStandardStreams()
    {
        _streams ??= new StandardStreams();
        RedirectStreams();
    }

    /// <summary>Changes the owner of the file through its descriptor.</summary>
    public bool ChangeOwner(uint user, uint group) => _file.ChangeOwner(user, group);

    public void Dispose()
    {
        _streams?.Dispose();
        _file.Dispose();
        _directory?.Dispose();
    }

    private static bool IsRoot => GuardedFile.IsRoot;

    private static bool MayBelongTo(uint owner) => owner == 0 || owner == LibcAccounts.GetEuid();

    private void RedirectStreams()
    {
        if (_streams is not null)
            _file.BecomeStandardStreams();
    }

    private static void Resemble(AppendedFile file, in FileStatus old)
    {
        var fresh = file.Status;
        if ((fresh.UserId, fresh.GroupId) != (old.UserId, old.GroupId))
            file.ChangeOwner(old.UserId, old.GroupId); // requires root, and only root needs it
        file.ChangeMode(old.Permissions);
    }

    private static TacHostException Refused(string path, string reason) =>
        new(ExitCode.CannotCreate, $"cannot write the log '{path}': {reason}. Name another file with --logfile.");

    private static TacHostException CannotWrite(string path, int error)
    {
        var reason = error switch
        {
            Errno.NoSuchFile => "its directory does not exist. Create it, or name another file with --logfile.",
            Errno.IsADirectory => "it is a directory. Name a file in it with --logfile.",
            Errno.AccessDenied => "this user may not write there. Name another file with --logfile.",
            Errno.NoSuchDevice => "it is a named pipe without a reader. Start the reader first.",
            _ => $"{Errno.Text(error)}.",
        };
        return new TacHostException(ExitCode.CannotCreate, $"cannot write the log '{path}': {reason}");
    }
}
