using System.Globalization;
using System.Text;
using Microsoft.Win32.SafeHandles;
using TacHost.Interop;

namespace TacHost.Daemon;

/// <summary>The lock on a pid file, an open file description lock (fcntl(2)), and who holds it.</summary>
internal static class PidFileLock
{
    /// <summary>Takes the write lock. Fails also where somebody has no more than a read lock.</summary>
    public static bool TryTake(SafeFileHandle file)
    {
        var whole = new FileLock { Type = FileLock.WriteLock };
        return Libc.ControlLock(file, LockCommand.Set, ref whole) == 0;
    }

    /// <summary>Returns whether an instance holds the file. Asks without taking a lock, so that two who ask do not see each other.</summary>
    /// <remarks>A write lock takes the right to write. A file of another user's may have one of his, so root looks whether the process named in it has the file at all.</remarks>
    public static bool IsHeld(SafeFileHandle file)
    {
        var whole = new FileLock { Type = FileLock.ReadLock };
        if (Libc.ControlLock(file, LockCommand.Get, ref whole) != 0 || whole.Type == FileLock.Unlocked)
            return false;
        return Libc.GetEffectiveUserId() != 0 || FileStatusOf.Open(file) is not { UserId: not 0 } status || (ProcessIn(file) is { } holder && HasFile(holder, status));
    }

    /// <summary>Keeps the lock for the rest of the process's life, without a descriptor: a mapping holds the open file, and a private one cannot be used to write to it.</summary>
    public static FileStatus Keep(SafeFileHandle file)
    {
        const int readable = 1, isPrivate = 2, failed = -1;
        var status = FileStatusOf.Open(file) ?? default;
        if (Libc.Map(0, 1, readable, isPrivate, file, 0) == failed)
            throw new TacHostException(ExitCode.OperatingSystem, $"cannot keep the pid file locked: {Errno.LastText}.");
        file.Dispose();
        return status;
    }

    /// <summary>Reads the process id in the file; null if there is none.</summary>
    public static int? ProcessIn(SafeFileHandle file)
    {
        Span<byte> bytes = stackalloc byte[32];
        var text = Encoding.ASCII.GetString(bytes[..RandomAccess.Read(file, bytes, 0)]).Trim();
        return int.TryParse(text, CultureInfo.InvariantCulture, out var id) && id > 0 ? id : null;
    }

    private static bool HasFile(int process, in FileStatus file)
    {
        try
        {
            var inode = $" {file.Inode} ";
            if (File.ReadLines($"/proc/{process}/maps").Any(line => line.Contains(inode, StringComparison.Ordinal)))
                return true;
            foreach (var descriptor in Directory.EnumerateFileSystemEntries($"/proc/{process}/fd"))
            {
                if (FileStatusOf.Target(descriptor) is { } open && open.IsSameFileAs(file))
                    return true;
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // It has ended, and so has its lock.
        }

        return false;
    }
}
