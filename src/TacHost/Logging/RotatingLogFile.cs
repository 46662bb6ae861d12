using System.Globalization;

namespace TacHost.Logging;

/// <summary>A log file that is renamed and begun anew before a line would make it too long. The newest old file is '.1'.</summary>
/// <remarks>
/// A line is what was written between two flushes, and is never divided between files. Lines are on disk at the latest
/// 50 ms after they were written, and at once when the log is closed. A file that cannot be written stops nobody:
/// the lines are counted, and their number is the first thing written when it is possible again.
/// </remarks>
internal sealed class RotatingLogFile : Stream
{
    private const int EnoughToWrite = 64 * 1024;

    private static readonly TimeSpan _longestDelay = TimeSpan.FromMilliseconds(50);

    private readonly string _path;
    private readonly long _limit;
    private readonly int _keep;
    private readonly Func<string, string> _notice;
    private readonly Lock _gate = new();
    private readonly Timer _timer;
    private readonly MemoryStream _line = new();
    private readonly MemoryStream _pending = new();
    private Stream _file;
    private long _length;
    private int _pendingLines;
    private long _lostLines;
    private bool _timerRuns;
    private bool _closed;

    /// <param name="path">The current file's name, which never changes.</param>
    /// <param name="file">The same file, open for writing at its end.</param>
    /// <param name="limit">How many bytes a file may have. A line that alone is longer gets a file of its own.</param>
    /// <param name="keep">How many old files are kept, or 0 for all.</param>
    /// <param name="notice">Makes a log line of what this file itself has to say.</param>
    public RotatingLogFile(string path, Stream file, long limit, int keep, Func<string, string> notice)
    {
        (_path, _file, _limit, _keep, _notice) = (path, file, limit, keep, notice);
        _length = file.Length;
        _timer = new Timer(static self => ((RotatingLogFile)self!).OnTimer(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    public override bool CanRead => false;

    public override bool CanSeek => false;

    public override bool CanWrite => true;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public override void Write(ReadOnlySpan<byte> buffer)
    {
        lock (_gate)
            _line.Write(buffer);
    }

    public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

    /// <summary>Ends a line.</summary>
    public override void Flush()
    {
        lock (_gate)
        {
            if (_line.Length == 0 || _closed)
                return;
            if (_length + _pending.Length + _line.Length > _limit && _length + _pending.Length > 0)
            {
                WritePending();
                Rotate();
            }

            _line.WriteTo(_pending);
            _line.SetLength(0);
            _pendingLines++;
            if (_pending.Length >= EnoughToWrite)
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

    /// <summary>Writes what has not been written yet, for when the process is about to end.</summary>
    public void WriteOut()
    {
        lock (_gate)
        {
            if (!_closed)
                WritePending();
        }
    }

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        if (!disposing)
            return;
        lock (_gate)
        {
            if (_closed)
                return;
            WritePending();
            _closed = true;
            _timer.Dispose();
            _file.Dispose();
        }

        base.Dispose(disposing);
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

    private void WritePending()
    {
        if (_pending.Length == 0)
            return;
        var start = _length;
        try
        {
            if (_lostLines > 0)
            {
                var notice = System.Text.Encoding.UTF8.GetBytes(_notice($"The log could not be written; {_lostLines} lines are lost."));
                _file.Write(notice);
                _length += notice.Length;
                _lostLines = 0;
            }

            _pending.WriteTo(_file);
            _file.Flush();
            _length += _pending.Length;
        }
        catch (IOException)
        {
            _lostLines += _pendingLines;
            ForgetHalfLine(start);
        }

        _pending.SetLength(0);
        _pendingLines = 0;
    }

    /// <summary>A full disk takes part of what is written; the log is to hold whole lines only.</summary>
    private void ForgetHalfLine(long end)
    {
        try
        {
            _file.SetLength(end);
            _file.Seek(end, SeekOrigin.Begin);
            _length = end;
        }
        catch (IOException)
        {
            // Then the next line follows on half of another.
        }
    }

    private void Rotate()
    {
        try
        {
            var numbers = OldFiles();
            foreach (var number in numbers.OrderDescending())
            {
                if (_keep > 0 && number >= _keep)
                    File.Delete(Numbered(number));
                else
                    File.Move(Numbered(number), Numbered(number + 1), overwrite: true);
            }

            File.Move(_path, Numbered(1), overwrite: true);
            var fresh = File.Open(_path, FileMode.Append, FileAccess.Write, FileShare.ReadWrite | FileShare.Delete);
            _file.Dispose();
            (_file, _length) = (fresh, fresh.Length);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // A log that grows too long is better than none.
        }
    }

    /// <summary>The numbers of the old files that a rename would push on: an unbroken run from 1.</summary>
    private List<int> OldFiles()
    {
        List<int> numbers = [];
        for (var number = 1; File.Exists(Numbered(number)); number++)
            numbers.Add(number);
        return numbers;
    }

    private string Numbered(int number) => string.Create(CultureInfo.InvariantCulture, $"{_path}.{number}");
}
