using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using Microsoft.Win32.SafeHandles;
using TacHost.Interop;

namespace TacHost.Daemon;

/// <summary>The pid file of this process: claimed by a lock that lasts as long as the process, removed at the end.</summary>
/// <remarks>
/// Whether an instance runs is decided by the lock alone, so an old, empty or damaged file and a recycled pid never block a start.
/// The file appears under its name complete and locked: it is written under another one, and linked or renamed.
/// </remarks>
internal sealed class PidFile : IDisposable
{
    private const uint Mode = 0x1A4; // 0644: monitoring may read it
    private const int Attempts = 50;

    private static readonly TimeSpan _pause = TimeSpan.FromMilliseconds(20);

    private readonly string _path;
    private readonly OpenDirectory _directory;
    private readonly SafeFileHandle _file;

    private PidFile(string path, OpenDirectory directory, SafeFileHandle file)
    {
        (_path, _directory, _file) = (path, directory, file);

        // A tac or a service may end the process itself.
        AppDomain.CurrentDomain.ProcessExit += OnProcessExit;
    }

    private string Name => Path.GetFileName(_path);

    /// <summary>Throws if a running instance holds the file. Takes nothing, and so disturbs nobody who is about to claim it.</summary>
    /// <exception cref="TacHostException">An instance runs, or something that is not a file is in the way.</exception>
    public static void Check(string path)
    {
        using var directory = DirectoryOf(path);
        using var file = Open(directory, path, OpenFlags.ReadOnly);
        if (file is not null && IsLocked(file))
            throw HeldBy(path, file);
    }

    /// <summary>Makes the file this process's own.</summary>
    /// <exception cref="TacHostException">A running instance holds it, or it cannot be written.</exception>
    public static PidFile Claim(string path)
    {
        var directory = DirectoryOf(path);
        var prepared = $"{Path.GetFileName(path)}.{Environment.ProcessId}";
        SafeFileHandle? mine = null;
        try
        {
            mine = Prepare(directory, path, prepared);
            for (var attempt = 1; ; attempt++)
            {
                if (TryPlace(directory, prepared, path) || TryReplaceStale(directory, prepared, path, isLastAttempt: attempt == Attempts))
                    return new PidFile(path, directory, mine);
                Waiting.For(Task.Delay(_pause));
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

    /// <summary>Removes the file of a process that died without doing so.</summary>
    public static void RemoveLeftBy(int process, string path)
    {
        using var directory = DirectoryOf(path);
        using var file = Open(directory, path, OpenFlags.ReadWrite);
        if (file is not null && ProcessIn(file) == process && TryLock(file) && IsStillAt(directory, path, file))
            directory.Delete(Path.GetFileName(path));
    }

    /// <summary>Gives the file to the identity that will have to remove it.</summary>
    public void ChangeOwner(uint user, uint group) => _ = Libc.ChangeOwner(_file, user, group);

    /// <summary>Removes the file, unless somebody has put another one in its place, and gives up the lock.</summary>
    /// <returns>Why it could not be removed, or null. It is emptied then; without the lock it blocks nobody.</returns>
    public string? Remove()
    {
        if (_file.IsClosed)
            return null;
        AppDomain.CurrentDomain.ProcessExit -= OnProcessExit;
        string? problem = null;
        if (IsStillAt(_directory, _path, _file) && !_directory.Delete(Name))
        {
            problem = $"The pid file '{_path}' cannot be removed: {Errno.LastText}. It has been emptied, and does not block a start. The user that the process becomes must be able to write to its directory.";
            RandomAccess.SetLength(_file, 0);
        }

        _file.Dispose();
        _directory.Dispose();
        return problem;
    }

    public void Dispose() => Remove();

    private void OnProcessExit(object? sender, EventArgs e) => Remove();

    private static OpenDirectory DirectoryOf(string path) =>
        OpenDirectory.Open(Path.GetDirectoryName(path)!) ?? throw CannotUse(path, Marshal.GetLastPInvokeError());

    /// <summary>Writes and locks the file under another name.</summary>
    private static SafeFileHandle Prepare(OpenDirectory directory, string path, string prepared)
    {
        // Left by a process of the same number, if it is there.
        directory.Delete(prepared);
        var file = directory.OpenFile(prepared, OpenFlags.ReadWrite | OpenFlags.Create | OpenFlags.Exclusive, Mode) ?? throw CannotUse(path, Marshal.GetLastPInvokeError());
        try
        {
            if (!TryLock(file))
                throw CannotUse(path, Marshal.GetLastPInvokeError());
            RandomAccess.Write(file, Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{Environment.ProcessId}\n")), 0);
            Libc.ChangeMode(file, Mode);
            return file;
        }
        catch (IOException e)
        {
            file.Dispose();
            throw new TacHostException(ExitCode.CannotCreate, $"cannot write the pid file '{path}': {e.Message}", e);
        }
    }

    /// <summary>Gives the prepared file its name if nothing has that name yet.</summary>
    private static bool TryPlace(OpenDirectory directory, string prepared, string path)
    {
        if (directory.Link(prepared, Path.GetFileName(path)))
        {
            directory.Delete(prepared);
            return true;
        }

        var error = Marshal.GetLastPInvokeError();
        return error == Errno.Exists ? false : throw CannotUse(path, error);
    }

    /// <summary>Puts the prepared file in the place of one that nobody holds. Whoever has the lock on that one may do so, and nobody else.</summary>
    private static bool TryReplaceStale(OpenDirectory directory, string prepared, string path, bool isLastAttempt)
    {
        using var present = Open(directory, path, OpenFlags.ReadWrite);
        if (present is null)
            return false;
        if (!TryLock(present))
        {
            // It may be somebody who is about to replace a stale file too, and whose pid is not in it yet.
            return isLastAttempt || (ProcessIn(present) is { } holder && Directory.Exists($"/proc/{holder}")) ? throw HeldBy(path, present) : false;
        }

        if (!IsStillAt(directory, path, present))
            return false;
        return directory.Rename(prepared, Path.GetFileName(path)) ? true : throw CannotUse(path, Marshal.GetLastPInvokeError());
    }

    /// <summary>Opens without following a symbolic link, which somebody else may have planted. Null if there is nothing.</summary>
    private static SafeFileHandle? Open(OpenDirectory directory, string path, OpenFlags flags)
    {
        var name = Path.GetFileName(path);
        if (directory.OpenFile(name, flags) is { } file)
            return FileStatusOf.Open(file) is { IsDirectory: true } ? throw CannotUse(path, Errno.IsADirectory) : file;
        var error = Marshal.GetLastPInvokeError();
        if (error == Errno.NoSuchFile)
            return null;

        // Another user's file can often be read, and so be asked who holds it.
        if (error == Errno.AccessDenied && flags == OpenFlags.ReadWrite)
        {
            using var readable = directory.OpenFile(name, OpenFlags.ReadOnly);
            if (readable is not null && IsLocked(readable))
                throw HeldBy(path, readable);
        }

        throw CannotUse(path, error);
    }

    private static TacHostException CannotUse(string path, int error)
    {
        var reason = error switch
        {
            Errno.TooManyLinks => "it is a symbolic link, which is not followed. Remove it, or name another file with --pidfile",
            Errno.IsADirectory => "it is a directory. Name a file in it with --pidfile",
            Errno.NoSuchFile => "its directory does not exist. Make it, or name another file with --pidfile",
            _ => $"{Errno.Text(error)}. Name another file with --pidfile, or do without one with --no-pidfile",
        };
        return new TacHostException(ExitCode.CannotCreate, $"cannot use the pid file '{path}': {reason}.");
    }

    private static bool TryLock(SafeFileHandle file)
    {
        var whole = new FileLock { Type = FileLock.WriteLock };
        return Libc.ControlLock(file, LockCommand.Set, ref whole) == 0;
    }

    /// <summary>Asks without taking the lock, so that two who ask do not see each other.</summary>
    private static bool IsLocked(SafeFileHandle file)
    {
        var whole = new FileLock { Type = FileLock.WriteLock };
        return Libc.ControlLock(file, LockCommand.Get, ref whole) == 0 && whole.Type != FileLock.Unlocked;
    }

    private static bool IsStillAt(OpenDirectory directory, string path, SafeFileHandle file) =>
        directory.Status(Path.GetFileName(path)) is { } there && FileStatusOf.Open(file) is { } open && there.IsSameFileAs(open);

    private static TacHostException HeldBy(string path, SafeFileHandle file)
    {
        var holder = ProcessIn(file) is { } id ? $"process {id}{CommandLineOf(id)}" : "another process";
        return new TacHostException(
            ExitCode.AlreadyRunning,
            $"{holder} is running already and holds the pid file '{path}'.\n  Stop it first with: kill $(cat {path})\n  To run another one beside it, give each its own --pidfile and --logfile, or start it in another directory.");
    }

    private static int? ProcessIn(SafeFileHandle file)
    {
        Span<byte> bytes = stackalloc byte[32];
        var text = Encoding.ASCII.GetString(bytes[..RandomAccess.Read(file, bytes, 0)]).Trim();
        return int.TryParse(text, CultureInfo.InvariantCulture, out var id) && id > 0 ? id : null;
    }

    private static string CommandLineOf(int process)
    {
        try
        {
            var words = File.ReadAllText($"/proc/{process}/cmdline").Split('\0', StringSplitOptions.RemoveEmptyEntries);
            return words.Length == 0 ? "" : $" ({string.Join(' ', words.Skip(1).Prepend(Path.GetFileName(words[0])))})";
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return "";
        }
    }
}
