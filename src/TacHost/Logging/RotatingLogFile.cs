using TacHost.Interop;

namespace TacHost.Logging;

/// <summary>A log file that is renamed and begun anew before a line would make it too long. The newest old file is '.1'.</summary>
/// <remarks>
/// A line is never divided between files. Lines are in the file at the latest 50 ms after they were logged, and at once when the log is closed.
/// A file that cannot be written stops nobody: the lines are counted, and their number is the first thing written when it is possible again.
/// </remarks>
internal sealed partial class RotatingLogFile : ILogSink
{
    private const int EnoughToWrite = 64 * 1024;

    private static readonly TimeSpan _longestDelay = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan _untilRotationIsRetried = TimeSpan.FromSeconds(10);

    private readonly CurrentLogFile _file;
    private readonly OldLogFiles? _oldFiles;
    private readonly long _limit;
    private readonly Func<string, byte[]> _notice;
    private readonly TimeProvider _clock;
    private readonly Lock _gate = new();
    private readonly ITimer _timer;
    private readonly PendingLines _pending = new();
    private long _pendingSince;
    private bool _timerRuns;
    private bool _closed;
    private long _lostLines;
    private string _lostFor = "";
    private bool _beginsWithLoss;
    private long? _rotationFailedAt;

    private RotatingLogFile(CurrentLogFile file, LogOptions options, Func<string, byte[]> notice, TimeProvider clock)
    {
        (_file, _notice, _clock) = (file, notice, clock);
        _limit = options.FileSize > 0 && file.Directory is not null ? options.FileSize : long.MaxValue;
        _oldFiles = file.Directory is { } directory ? new OldLogFiles(directory, file.Name, options.FilesKept) : null;
        _timer = clock.CreateTimer(static self => ((RotatingLogFile)self!).OnTimer(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>Opens or creates the file.</summary>
    /// <param name="path">The current file's name, which never changes.</param>
    /// <param name="options">How long a file may be, and how many are kept.</param>
    /// <param name="notice">Makes a log line of what this file itself has to say.</param>
    /// <param name="clock">What the delays are measured by.</param>
    /// <exception cref="TacHostException">It cannot be written.</exception>
    public static RotatingLogFile Open(string path, LogOptions options, Func<string, byte[]> notice, TimeProvider? clock = null) =>
        new(CurrentLogFile.Open(path, options.TakesStandardStreams), options, notice, clock ?? TimeProvider.System);

    /// <summary>Whether it is a file in a directory, and no pipe or device.</summary>
    public bool IsRegular => _oldFiles is not null;

    public void Write(in LogLine line)
    {
        lock (_gate)
        {
            if (_closed)
                return;
            if (_pending.Count == 0)
                _pendingSince = _clock.GetTimestamp();
            TellLoss();
            _pending.Add(line.Bytes);

            // The timer is late when services keep all threads of the pool busy.
            if (_pending.Length >= EnoughToWrite || _clock.GetElapsedTime(_pendingSince) > _longestDelay)
            {
                WritePending();
            }
            else if (!_timerRuns)
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

    /// <summary>Goes over to the file that has the name now, for whoever has renamed the old one.</summary>
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

    /// <summary>Gives the files to the identity that will have to rotate them.</summary>
    /// <exception cref="TacHostException">The operating system refused.</exception>
    public void ChangeOwner(uint user, uint group)
    {
        if (_oldFiles is null)
            return;
        lock (_gate)
        {
            foreach (var name in _oldFiles.Names.Prepend(_file.Name))
            {
                if (_file.Directory!.OpenFile(name, OpenFlags.WriteOnly) is not { } handle)
                    continue;
                using var file = new AppendedFile(handle);

                // Of what others may have linked there under an old file's name, nothing is given away.
                if (file.Status is { IsRegularFile: true, Links: 1 } && !file.ChangeOwner(user, group))
                    throw new TacHostException(ExitCode.OperatingSystem, $"cannot give the log file '{name}' to user {user} and group {group}: {Errno.LastText}.");
            }
        }
    }

    public void Dispose()
    {
        lock (_gate)
        {
            if (_closed)
                return;
            TellLoss();
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
