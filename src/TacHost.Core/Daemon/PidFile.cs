using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using Microsoft.Win32.SafeHandles;
using TacHost.Native;

namespace TacHost.Daemon;

/// <summary>The pid file of this process. Claimed by a lock that lasts as long as the process, and removed at the end.</summary>
/// <remarks>
/// Only the write lock decides whether an instance is running. Therefore an old, empty or damaged file and a reused process ID never block
/// a start. A read lock does not count, because every user with read permission can set one.
/// The file is complete and locked when it appears under its name: it is written under another name, and then linked or renamed.
/// The process keeps the lock through a private mapping, without a file descriptor. Code that runs later as
/// another user can therefore not write a number to the file for root's kill(1).
/// </remarks>
internal sealed class PidFile : IDisposable
{
    private const uint Mode = 0x1A4; // 0644, because monitoring may read the file
    private const int Attempts = 50;

    private static readonly TimeSpan _pause = TimeSpan.FromMilliseconds(20);

    private readonly string _path;
    private readonly OpenDirectory _directory;
    private readonly FileStatus _file;
    private bool _isRemoved;

    internal PidFile(string path, OpenDirectory directory, FileStatus file)
    {
        (_path, _directory, _file) = (path, directory, file);

        // A tac file or a service may end the process itself.
        AppDomain.CurrentDomain.ProcessExit += OnProcessExit;
    }

    public (OpenDirectory Directory, string Name) Place => (_directory, Name);

    /// <summary>Gets whether the file is still under its name. After an upgrade, another file is.</summary>
    public bool IsInPlace => _directory.Status(Name) is { } there && there.IsSameFileAs(_file);

    private string Name => Path.GetFileName(_path);

    /// <summary>
    /// Throws if a running instance holds the file. Does not take the lock, so that a concurrent
    /// start is not disturbed. In case of doubt, <see cref="Claim"/> decides.
    /// </summary>
    /// <exception cref="TacHostException">An instance is running, or the path is not a file.</exception>
    public static void Check(string path)
    {
        using var directory = DirectoryOf(path);
        using var file = Open(directory, path, OpenFlags.ReadOnly);
        if (file is not null && PidFileLock.IsHeld(file) && IsOfRunningProcess(file))
            throw PidFileErrors.HeldBy(path, file);
    }

    /// <summary>Creates and locks the file for this process.</summary>
    /// <exception cref="TacHostException">A running instance holds the file, or the file cannot be written.</exception>
    public static PidFile Claim(string path)
    {
        var directory = DirectoryOf(path);
        var prepared = $"{Path.GetFileName(path)}.{Environment.ProcessId}";
        SafeFileHandle? mine = null;
        try
        {
            directory.DeleteAbandoned(name => name == Path.GetFileName(path));
            mine = Prepare(directory, path, prepared);
            for (var attempt = 1; ; attempt++)
            {
                if (TryPlace(directory, prepared, path) || TryReplaceStale(directory, prepared, path, isLastAttempt: attempt == Attempts))
                    return new PidFile(path, directory, PidFileLock.HoldUntilExit(mine));
                BlockingWait.For(Task.Delay(_pause));
            }
        }
        catch
        {
            directory.Delete(prepared);
            mine?.Dispose();
            directory.Dispose();
            throw;
        }
    }

    /// <summary>Removes the file of a process that died without removing it.</summary>
    public static void RemoveLeftBy(int process, string path)
    {
        using var directory = DirectoryOf(path);
        using var file = Open(directory, path, OpenFlags.ReadWrite);
        if (file is not null && PidFileLock.ProcessIn(file) == process && !PidFileLock.IsHeld(file) && IsStillAt(directory, path, file))
            directory.Delete(Path.GetFileName(path));
    }

    /// <summary>Removes the file, unless it has been replaced by another file. The lock ends with the process.</summary>
    /// <returns>
    /// The reason why the file could not be removed, or null. In that case the file is emptied, if it belongs to
    /// this user. Without the lock, it does not block a start.
    /// </returns>
    public string? Remove()
    {
        if (_isRemoved)
            return null;
        _isRemoved = true;
        AppDomain.CurrentDomain.ProcessExit -= OnProcessExit;
        using (_directory)
        {
            if (_directory.Status(Name) is not { } there || !there.IsSameFileAs(_file) || _directory.Delete(Name))
                return null;
            var reason = Errno.LastText;
            using var file = _directory.OpenFile(Name, OpenFlags.WriteOnly);
            if (file is not null)
                RandomAccess.SetLength(file, 0);
            return $"The pid file '{_path}' cannot be removed: {reason}. {(file is null ? "It stays as it is" : "It has been emptied")}, and does not block a start. The user that the process becomes must be able to write to its directory.";
        }
    }

    public void Dispose() => Remove();

    private void OnProcessExit(object? sender, EventArgs e) => Remove();

    internal static OpenDirectory DirectoryOf(string path)
    {
        using var walk = PathWalk.Along(Path.GetDirectoryName(path)!, entersLast: true, refusesForeignLinks: LibcAccounts.GetEuid() == 0);
        if (walk.Error == 0)
            return OpenDirectory.Of(walk);
        throw walk.Error == Errno.TooManyLinks && walk.Distrust is { } reason
            ? PidFileErrors.CannotUse(path, $"root does not follow a symbolic link in the path, because {reason}. Name another file with --pidfile")
            : PidFileErrors.CannotUse(path, walk.Error);
    }

    /// <summary>Writes and locks the file under a temporary name.</summary>
    internal static SafeFileHandle Prepare(OpenDirectory directory, string path, string prepared)
    {
        // An earlier process with the same ID may have left a file.
        directory.Delete(prepared);
        var file = directory.OpenFile(prepared, OpenFlags.ReadWrite | OpenFlags.Create | OpenFlags.Exclusive, Mode) ?? throw PidFileErrors.CannotUse(path, Marshal.GetLastPInvokeError());
        try
        {
            if (!PidFileLock.TryTake(file))
                throw PidFileErrors.CannotUse(path, Marshal.GetLastPInvokeError());
            RandomAccess.Write(file, Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{Environment.ProcessId}\n")), 0);
            LibcFiles.FChmod(file, Mode);
            return file;
        }
        catch (IOException e)
        {
            file.Dispose();
            throw new TacHostException(ExitCode.CannotCreate, $"cannot write the pid file '{path}': {e.Message}", e);
        }
    }

    /// <summary>Links the prepared file to its final name if the name is not in use.</summary>
    private static bool TryPlace(OpenDirectory directory, string prepared, string path)
    {
        if (directory.Link(prepared, Path.GetFileName(path)))
        {
            directory.Delete(prepared);
            return true;
        }

        var error = Marshal.GetLastPInvokeError();
        return error == Errno.Exists ? false : throw PidFileErrors.CannotUse(path, error);
    }

    /// <summary>Replaces an unlocked file with the prepared file. Only the holder of the lock on the old file may do this.</summary>
    private static bool TryReplaceStale(OpenDirectory directory, string prepared, string path, bool isLastAttempt)
    {
        using var present = Open(directory, path, OpenFlags.ReadWrite);
        if (present is null)
            return false;
        if (!PidFileLock.TryTake(present))
        {
            // Only read locks are set, which prevent a write lock but do not represent an instance.
            if (!PidFileLock.IsHeld(present))
                return TryExchange(directory, prepared, path, present);

            return isLastAttempt || IsOfRunningProcess(present) ? throw PidFileErrors.HeldBy(path, present) : false;
        }

        if (!IsStillAt(directory, path, present))
            return false;
        return directory.Rename(prepared, Path.GetFileName(path)) ? true : throw PidFileErrors.CannotUse(path, Marshal.GetLastPInvokeError());
    }

    /// <summary>
    /// Returns whether the file contains the ID of a running process. If not, a locked file is
    /// about to be replaced by another start, whose ID is not in it.
    /// </summary>
    private static bool IsOfRunningProcess(SafeFileHandle file) => PidFileLock.ProcessIn(file) is { } process && Directory.Exists($"/proc/{process}");

    /// <summary>Exchanges the prepared file with a stale file that could not be locked. The exchanged file shows whether another start was faster.</summary>
    private static bool TryExchange(OpenDirectory directory, string prepared, string path, SafeFileHandle present)
    {
        if (directory.Exchange(prepared, Path.GetFileName(path)) is not { } isDone)
            return directory.Rename(prepared, Path.GetFileName(path)) ? true : throw PidFileErrors.CannotUse(path, Marshal.GetLastPInvokeError());
        if (!isDone)
            return false;
        if (directory.Status(prepared) is { } taken && FileStatusOf.Open(present) is { } stale && taken.IsSameFileAs(stale))
        {
            directory.Delete(prepared);
            return true;
        }

        directory.Exchange(prepared, Path.GetFileName(path));
        return false;
    }

    /// <summary>Opens a file without following a symbolic link, which another user may have created. Returns null if the file does not exist.</summary>
    private static SafeFileHandle? Open(OpenDirectory directory, string path, OpenFlags flags)
    {
        var name = Path.GetFileName(path);
        if (directory.OpenFile(name, flags) is { } file)
            return FileStatusOf.Open(file) is { IsDirectory: true } ? throw PidFileErrors.CannotUse(path, Errno.IsADirectory) : file;
        var error = Marshal.GetLastPInvokeError();
        if (error == Errno.NoSuchFile)
            return null;

        // Another user's file is often readable, and its lock can then be queried.
        if (error == Errno.AccessDenied && flags == OpenFlags.ReadWrite)
        {
            using var readable = directory.OpenFile(name, OpenFlags.ReadOnly);
            if (readable is not null && PidFileLock.IsHeld(readable))
                throw PidFileErrors.HeldBy(path, readable);
        }

        throw PidFileErrors.CannotUse(path, error);
    }

    private static bool IsStillAt(OpenDirectory directory, string path, SafeFileHandle file) =>
        directory.Status(Path.GetFileName(path)) is { } there && FileStatusOf.Open(file) is { } open && there.IsSameFileAs(open);
}
