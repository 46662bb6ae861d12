using System.Globalization;
using System.Text;
using Microsoft.Win32.SafeHandles;
using TacHost.Native;

namespace TacHost.Daemon;

/// <summary>The lock on a pid file, which is an open file description lock (fcntl(2)), and its holder.</summary>
internal static class PidFileLock
{
    /// <summary>Sets the write lock. Fails even if another process has only a read lock.</summary>
    public static bool TryTake(SafeFileHandle file)
    {
        var whole = new FileLock { Type = FileLock.WriteLock };
        return LibcFiles.Fcntl(file, LockCommand.Set, ref whole) == 0;
    }

    /// <summary>Returns whether an instance holds the file. Queries the lock without setting it, so that concurrent queries do not affect each other.</summary>
    /// <remarks>
    /// A write lock requires write permission. The owner of another user's file may have set one, so
    /// root checks whether the process named in the file has the file open.
    /// </remarks>
    public static bool IsHeld(SafeFileHandle file)
    {
        var whole = new FileLock { Type = FileLock.ReadLock };
        if (LibcFiles.Fcntl(file, LockCommand.Get, ref whole) != 0 || whole.Type == FileLock.Unlocked)
            return false;
        return LibcAccounts.GetEuid() != 0 || FileStatusOf.Open(file) is not { UserId: not 0 } status || (ProcessIn(file) is { } holder && HasFile(holder, status));
    }

    /// <summary>
    /// Keeps the lock until the end of the process, without a file descriptor. A mapping keeps
    /// the file open, and a private mapping cannot be used to write to it.
    /// </summary>
    public static FileStatus HoldUntilExit(SafeFileHandle file)
    {
        const int readable = 1, isPrivate = 2, failed = -1;
        var status = FileStatusOf.Open(file) ?? default;
        if (LibcDescriptors.Mmap(0, 1, readable, isPrivate, file, 0) == failed)
            throw new TacHostException(ExitCode.OperatingSystem, $"cannot keep the pid file locked: {Errno.LastText}.");
        file.Dispose();
        return status;
    }

    /// <summary>Reads the process ID from the file. Returns null if it does not contain one.</summary>
    public static int? ProcessIn(SafeFileHandle file)
    {
        Span<byte> bytes = stackalloc byte[32];
        var text = Encoding.ASCII.GetString(bytes[..RandomAccess.Read(file, bytes, 0)]).Trim();
        return int.TryParse(text, CultureInfo.InvariantCulture, out var id) && id > 0 ? id : null;
    }

    /// <summary>Returns whether a process has the file open, as the holder of its lock does.</summary>
    public static bool IsHeldBy(int process, SafeFileHandle file) => FileStatusOf.Open(file) is { } status && HasFile(process, status);

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
            // The process has exited, so its lock has been released.
        }

        return false;
    }
}
