using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;
using TacHost.Interop;

namespace TacHost.Logging;

/// <summary>The file that has the log's name. Whoever renames, replaces or deletes it is followed, and a new one is as accessible as the one before.</summary>
internal sealed class CurrentLogFile : IDisposable
{
    private const uint ReadableAndWritable = 0x1B6; // 0666, of which the umask takes its part

    private readonly OpenDirectory? _directory;
    private readonly string _name;
    private readonly StandardStreams? _streams;
    private AppendedFile _file;

    private CurrentLogFile(AppendedFile file, OpenDirectory? directory, string name, bool takesStandardStreams)
    {
        (_file, _directory, _name) = (file, directory, name);
        _streams = takesStandardStreams ? new StandardStreams() : null;
        RedirectStreams();
    }

    /// <summary>Where the file is; null if it is a pipe or a device, which cannot be rotated.</summary>
    public OpenDirectory? Directory => _directory;

    /// <summary>Its name there.</summary>
    public string Name => _name;

    public FileStatus Status => _file.Status;

    /// <summary>Opens or creates the file.</summary>
    /// <exception cref="TacHostException">It cannot be written.</exception>
    public static CurrentLogFile Open(string path, bool takesStandardStreams)
    {
        var descriptor = Libc.Open(path, OpenFlags.WriteOnly | OpenFlags.Append | OpenFlags.Create | OpenFlags.NonBlocking | OpenFlags.CloseOnExec, ReadableAndWritable);
        if (descriptor < 0)
            throw CannotWrite(path, Marshal.GetLastPInvokeError());
        var file = new AppendedFile(new SafeFileHandle(descriptor, ownsHandle: true));
        if (!file.Status.IsRegularFile)
            return new CurrentLogFile(file, null, Path.GetFileName(path), takesStandardStreams);

        // A symbolic link stays what it is, and the files it leads to are rotated where they are.
        var target = File.ResolveLinkTarget(path, returnFinalTarget: true)?.FullName ?? path;
        var directory = OpenDirectory.Open(Path.GetDirectoryName(target)!) ?? throw CannotWrite(path, Marshal.GetLastPInvokeError());
        return new CurrentLogFile(file, directory, Path.GetFileName(target), takesStandardStreams);
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
        if (created is not null)
            Resemble(file, own);
        _file.Dispose();
        _file = file;
        RedirectStreams();
        return 0;
    }

    public void Dispose()
    {
        _streams?.Dispose();
        _file.Dispose();
        _directory?.Dispose();
    }

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
