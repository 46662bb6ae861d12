using Microsoft.Win32.SafeHandles;
using TacHost.Native;

namespace TacHost.Services.Networking.Listening;

/// <summary>A lock (flock(2)) on the directory of a socket file, so that two processes do not replace the file at the same time. Creates no lock file.</summary>
internal sealed class DirectoryLock : IDisposable
{
    private const int ExclusiveOrFail = 2 | 4;

    private static readonly TimeSpan _between = TimeSpan.FromMilliseconds(20);
    private static readonly TimeSpan _longestWait = TimeSpan.FromSeconds(2);

    private readonly SafeFileHandle? _directory;

    private DirectoryLock(SafeFileHandle? directory) => _directory = directory;

    /// <summary>Acquires the lock. Continues without the lock if the directory is not readable, or if another process holds the lock for too long.</summary>
    public static async Task<DirectoryLock> TakeAsync(SafeFileHandle directory, CancellationToken cancellationToken)
    {
        if (Open(directory) is not { } opened)
            return new DirectoryLock(null);
        using CancellationTokenSource limit = new(_longestWait);
        while (LibcSocketFiles.Flock(opened, ExclusiveOrFail) != 0 && !limit.IsCancellationRequested)
            await Task.Delay(_between, cancellationToken);
        return new DirectoryLock(opened);
    }

    /// <summary>Acquires the lock if it is free.</summary>
    public static DirectoryLock TryTake(SafeFileHandle directory)
    {
        var opened = Open(directory);
        if (opened is not null)
            _ = LibcSocketFiles.Flock(opened, ExclusiveOrFail);
        return new DirectoryLock(opened);
    }

    public void Dispose() => _directory?.Dispose();

    private static SafeFileHandle? Open(SafeFileHandle directory)
    {
        var descriptor = LibcFiles.OpenAt(directory, ".", OpenFlags.CloseOnExec, 0);
        return descriptor < 0 ? null : new SafeFileHandle(descriptor, ownsHandle: true);
    }
}
