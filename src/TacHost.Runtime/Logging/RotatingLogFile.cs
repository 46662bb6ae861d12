using TacHost.Native;

namespace TacHost.Logging;

/// <summary>A log file that is rotated before a line would exceed its maximum size, and at the end of a period. The newest rotated file has the suffix '.1'.</summary>
/// <remarks>
/// A line is never split between files. Lines are written at most 50 ms after they are logged, and immediately when the log is closed.
/// If the file cannot be written, services are not blocked. Lost lines are counted, and their number is logged when the file is writable again.
/// </remarks>
internal sealed partial class RotatingLogFile : ILogSink
{
    private const int EnoughToWrite = 64 * 1024;
    private const long DefaultSize = 1_000_000;
    private const int DefaultFilesKept = 10;

    private static readonly TimeSpan _longestDelay = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan _untilRotationIsRetried = TimeSpan.FromSeconds(10);

    private readonly CurrentLogFile _file;
    private OldLogFiles? _oldFiles;
    private long _limit;
    private LogPeriod _every;
    private TimeSpan? _longestAge;
    private readonly Func<string, byte[]> _notice;
    private readonly TimeProvider _clock;
    private readonly long _openedSize;
    private readonly DateTimeOffset _openedModified;
    private readonly Lock _gate = new();
    private bool _isNew;
    private readonly ITimer _timer;
    private readonly PendingLines _pending = new();
    private readonly HashSet<ulong> _rotatedHere = [];
    private long _pendingSince;
    private bool _isHeld;
    private bool _timerRuns;
    private bool _closed;
    private long _lostLines;
    private long _lostBefore;
    private string _lostFor = "";
    private bool _beginsWithLoss;
    private long? _rotationFailedAt;
    private long? _period;

    private RotatingLogFile(CurrentLogFile file, LogOptions options, Func<string, byte[]> notice, TimeProvider clock)
    {
        (_file, _notice, _clock) = (file, notice, clock);
        Configure(options);
        (_openedSize, _openedModified) = (file.Status.Size, DateTimeOffset.FromUnixTimeSeconds(file.Status.ModifiedSeconds));
        _timer = clock.CreateTimer(static self => ((RotatingLogFile)self!).OnTimer(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>Opens or creates the file.</summary>
    /// <param name="path">The path of the current file, which never changes.</param>
    /// <param name="options">The maximum size and the number of rotated files.</param>
    /// <param name="notice">Creates a log line for a message of this class.</param>
    /// <param name="clock">The clock for delays.</param>
    /// <exception cref="TacHostException">The file cannot be written.</exception>
    public static RotatingLogFile Open(string path, LogOptions options, Func<string, byte[]> notice, TimeProvider? clock = null) =>
        new(CurrentLogFile.Open(path, options.TakesStandardStreams), options, notice, clock ?? TimeProvider.System);

    /// <summary>Opens the default log, which a tac file may still replace: lines are held back until <see cref="Release"/>.</summary>
    /// <exception cref="TacHostException">The file cannot be written.</exception>
    public static RotatingLogFile OpenHeld(string path, LogOptions options, Func<string, byte[]> notice)
    {
        var isNew = !File.Exists(path);
        return new(CurrentLogFile.Open(path, options.TakesStandardStreams), options, notice, TimeProvider.System) { _isHeld = true, _isNew = isNew };
    }

    /// <summary>Writes the lines that were held back.</summary>
    public void Release()
    {
        lock (_gate)
        {
            _isHeld = false;
            if (!_closed)
                WritePending();
        }
    }

    /// <summary>Closes the file without the lines that were held back, and deletes it if this start has created it and nothing was written.</summary>
    public void Abandon()
    {
        lock (_gate)
        {
            if (_isNew && _file.Status is { Size: 0 } own && _file.Directory is { } directory && directory.Status(_file.Name) is { } present && present.IsSameFileAs(own))
                directory.Delete(_file.Name);
            if (_isHeld)
                _pending.Clear();
        }

        Dispose();
    }

    /// <summary>Redirects standard output and standard error to the file.</summary>
    public void TakeStandardStreams() => _file.TakeStandardStreams();

    /// <summary>Sets the limits for rotation and retention. Has no effect on a pipe or a device.</summary>
    public void Configure(LogOptions options)
    {
        if (_file.Directory is not { } directory)
        {
            _limit = long.MaxValue;
            return;
        }

        lock (_gate)
        {
            _limit = (options.FileSize ?? DefaultSize) is > 0 and var size ? size : long.MaxValue;
            (_every, _longestAge) = (options.Period, options.LongestAge is { Ticks: > 0 } age ? age : null);
            _oldFiles = new OldLogFiles(directory, _file.Name, options.FilesKept ?? DefaultFilesKept);
        }
    }

    /// <summary>Gets whether the log is a regular file instead of a pipe or a device.</summary>
    public bool IsRegular => _oldFiles is not null;

    /// <summary>Gets the directory of the file and its name in it, or null if it is a pipe or a device.</summary>
    public (OpenDirectory Directory, string Name)? Place => _file.Directory is { } directory ? (directory, _file.Name) : null;

    public long LostLines => Volatile.Read(ref _lostBefore) + Volatile.Read(ref _lostLines);

    public void Write(in LogLine line) => Append(line.Bytes, line.Time);

    /// <summary>Adds a line. Has no effect after the file has been closed.</summary>
    /// <param name="line">The line, including its final line feed.</param>
    /// <param name="time">The time that decides into which period of the log the line falls, or null for the current time.</param>
    public void Append(ReadOnlySpan<byte> line, DateTimeOffset? time = null)
    {
        lock (_gate)
        {
            if (_closed)
                return;
            if (_every != LogPeriod.None)
                BeginPeriod(time ?? _clock.GetLocalNow());
            if (_pending.Count == 0)
                _pendingSince = _clock.GetTimestamp();
            LogLoss();
            _pending.Add(line);

            // The timer is late if services occupy all threads of the pool.
            if (_pending.Length >= EnoughToWrite || (!_isHeld && _clock.GetElapsedTime(_pendingSince) > _longestDelay))
            {
                WritePending();
            }
            else if (!_timerRuns && !_isHeld)
            {
                _timerRuns = true;
                _timer.Change(_longestDelay, Timeout.InfiniteTimeSpan);
            }
        }
    }

    public void Flush()
    {
        lock (_gate)
        {
            if (!_closed)
                WritePending();
        }
    }

    /// <summary>Switches to the file that has the name now, after the previous file was renamed.</summary>
    public void Reopen()
    {
        lock (_gate)
        {
            if (_closed)
                return;
            WritePending();
            _file.Renew();
            _rotationFailedAt = null;
        }
    }

    /// <summary>Requires that the file belongs to root or to the user that the process switches to, if others can write to its directory.</summary>
    /// <exception cref="TacHostException">The file belongs to another user.</exception>
    public void RequireOwner(uint? user) => _file.RequireOwner(user);

    /// <summary>
    /// Changes the owner of the files to the identity that must rotate them. If others can write to the
    /// directory, only the current file and those rotated by this process are changed.
    /// </summary>
    /// <exception cref="TacHostException">The operating system refused.</exception>
    public void ChangeOwner(uint user, uint group)
    {
        if (_oldFiles is null)
            return;
        lock (_gate)
        {
            if (!_file.ChangeOwner(user, group))
                throw new TacHostException(ExitCode.OperatingSystem, $"cannot give the log file '{_file.Name}' to user {user} and group {group}: {Errno.LastText}.");
            foreach (var name in _oldFiles.Names)
            {
                using var handle = _file.Directory!.OpenFile(name, OpenFlags.WriteOnly);
                if (handle is not null && FileStatusOf.Open(handle) is { IsOrdinary: true } status && (_file.IsTrusted || _rotatedHere.Contains(status.Inode)))
                    _ = LibcFiles.FChown(handle, user, group);
            }

            _rotatedHere.Clear();
        }
    }

    public void Dispose()
    {
        lock (_gate)
        {
            if (_closed)
                return;
            LogLoss();
            WritePending();
            _closed = true;
            _timer.Dispose();
            _file.Dispose();
        }
    }

    private void OnTimer()
    {
        lock (_gate)
        {
            _timerRuns = false;
            if (!_closed)
                WritePending();
        }
    }
}
