using System.Runtime.InteropServices;
using TacHost.Interop;

namespace TacHost.Logging;

/// <summary>The file that has the log's name. Whoever renames, replaces or deletes it is followed, and a new one is as accessible as the one before.</summary>
internal sealed class CurrentLogFile : IDisposable
{
    private const uint ReadableAndWritable = 0x1B6; // 0666, of which the umask takes its part

    private readonly OpenDirectory? _directory;
    private readonly string _name;
    private readonly StandardStreams? _streams;
    private readonly string _path;
    private readonly string? _distrust;
    private AppendedFile _file;

    private CurrentLogFile(AppendedFile file, OpenDirectory? directory, string name, string path, string? distrust, bool takesStandardStreams)
    {
        (_file, _directory, _name, _path, _distrust) = (file, directory, name, path, distrust);
        _streams = takesStandardStreams ? new StandardStreams() : null;
        RedirectStreams();
    }

    /// <summary>Where the file is; null if it is a pipe or a device, which cannot be rotated.</summary>
    public OpenDirectory? Directory => _directory;

    /// <summary>Its name there.</summary>
    public string Name => _name;

    public FileStatus Status => _file.Status;

    /// <summary>Gets whether nobody but root could have put a file where this one is.</summary>
    public bool IsTrusted => _distrust is null;

    /// <summary>Opens or creates the file.</summary>
    /// <exception cref="TacHostException">It cannot be written.</exception>
    public static CurrentLogFile Open(string path, bool takesStandardStreams)
    {
        using var opened = OpenGuarded(path);
        var (walk, distrust) = (opened.Walk, opened.Distrust);
        var file = new AppendedFile(opened.Handle);
        if (!file.Status.IsRegularFile)
            return new CurrentLogFile(file, null, Path.GetFileName(path), path, distrust, takesStandardStreams);

        // A symbolic link stays what it is, and the files it leads to are rotated where they are.
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

    /// <summary>Ends the line in the middle of which an earlier process was killed, so that the next one begins at the left.</summary>
    private static void EndUnfinishedLine(AppendedFile file, OpenDirectory directory, string name)
    {
        var status = file.Status;
        using var readable = status.Size > 0 ? directory.OpenFile(name, OpenFlags.ReadOnly) : null;
        var last = new byte[1];
        if (readable is not null && FileStatusOf.Open(readable) is { } same && same.IsSameFileAs(status) && RandomAccess.Read(readable, last, status.Size - 1) == 1 && last[0] != (byte)'\n')
            file.Append("\n"u8);
    }

    /// <summary>Requires that the file belongs to whom it may belong to, if others can write to its directory: to root or to the user that the process becomes.</summary>
    /// <exception cref="TacHostException">The file belongs to somebody else.</exception>
    public void RequireOwner(uint? user)
    {
        if (_distrust is not null && Status.UserId is var owner && !MayBelongTo(owner) && owner != user)
            throw Refused(_path, $"it belongs to user {owner}, and {_distrust}. Root writes only to a file of its own there, or of the user that it becomes");
    }

    /// <summary>Appends lines, or the part of them that goes in.</summary>
    public (int Written, int Error) Append(ReadOnlySpan<byte> lines) => _file.Append(lines);

    /// <summary>Takes back half a line.</summary>
    public void TakeBack(int count, long length) => _file.TakeBack(count, length);

    /// <summary>Goes over to another file if the name has come to mean another one, or none.</summary>
    /// <returns>0, or the error for which what is written now would be in no directory any more.</returns>
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

    /// <summary>Goes over to the file that has the name now, or creates it.</summary>
    /// <returns>0, or the error for which the old one is still in use.</returns>
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

    /// <summary>Gives the file to a user, by its descriptor.</summary>
    public bool ChangeOwner(uint user, uint group) => _file.ChangeOwner(user, group);

    public void Dispose()
    {
        _streams?.Dispose();
        _file.Dispose();
        _directory?.Dispose();
    }

    private static bool IsRoot => GuardedFile.IsRoot;

    private static bool MayBelongTo(uint owner) => owner == 0 || owner == Libc.GetEffectiveUserId();

    private void RedirectStreams()
    {
        if (_streams is not null)
            _file.BecomeStandardStreams();
    }

    private static void Resemble(AppendedFile file, in FileStatus old)
    {
        var fresh = file.Status;
        if ((fresh.UserId, fresh.GroupId) != (old.UserId, old.GroupId))
            file.ChangeOwner(old.UserId, old.GroupId); // only root can, and nobody else needs to
        file.ChangeMode(old.Permissions);
    }

    private static TacHostException Refused(string path, string reason) =>
        new(ExitCode.CannotCreate, $"cannot write the log '{path}': {reason}. Name another file with --logfile.");

    private static TacHostException CannotWrite(string path, int error)
    {
        var reason = error switch
        {
            Errno.NoSuchFile => "its directory does not exist. Make it, or name another file with --logfile.",
            Errno.IsADirectory => "it is a directory. Name a file in it with --logfile.",
            Errno.AccessDenied => "this user may not write there. Name another file with --logfile.",
            Errno.NoSuchDevice => "it is a named pipe that nobody reads. Start its reader first.",
            _ => $"{Errno.Text(error)}.",
        };
        return new TacHostException(ExitCode.CannotCreate, $"cannot write the log '{path}': {reason}");
    }
}
