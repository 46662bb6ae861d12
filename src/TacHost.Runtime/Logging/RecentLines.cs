using System.Text;
using Microsoft.Extensions.Logging;

namespace TacHost.Logging;

/// <summary>A ring buffer of the last log lines, independent of the target of the log.</summary>
/// <param name="addsTime">True if the lines come without their time, because a journal or a syslog daemon adds it.</param>
internal sealed class RecentLines(bool addsTime = false)
{
    private const int MostLines = 1000;
    private const int MostBytes = 256 * 1024;

    private readonly object _gate = new();
    private readonly Queue<RecentLine> _lines = new();
    private long _last;
    private int _bytes;
    private int _waiting;

    /// <summary>Gets or sets whether lines come without their time.</summary>
    public bool AddsTime { get; set; } = addsTime;

    /// <summary>Adds a line, and forgets the oldest ones if there are too many.</summary>
    public void Add(in LogEvent logEvent, ReadOnlySpan<byte> line)
    {
        byte[] bytes = AddsTime ? [.. TextLogFormat.Utf8Of(logEvent.Time), .. line] : line.ToArray();
        lock (_gate)
        {
            _lines.Enqueue(new RecentLine(++_last, logEvent.Time, logEvent.Level, logEvent.Category, bytes));
            _bytes += bytes.Length;
            while (_lines.Count > MostLines || (_bytes > MostBytes && _lines.Count > 1))
                _bytes -= _lines.Dequeue().Utf8.Length;
            if (_waiting > 0)
                Monitor.PulseAll(_gate);
        }
    }

    /// <summary>Returns the lines that came after one, the oldest first.</summary>
    /// <param name="number">The number of that one, or 0 for all.</param>
    public IReadOnlyList<RecentLine> After(long number)
    {
        lock (_gate)
            return _lines.Count == 0 || _last <= number ? [] : [.. _lines.Where(line => line.Number > number)];
    }

    /// <summary>Waits until there is a line after one, or the time is over.</summary>
    public void WaitAfter(long number, TimeSpan timeout)
    {
        lock (_gate)
        {
            if (_last > number)
                return;
            _waiting++;
            Monitor.Wait(_gate, timeout);
            _waiting--;
        }
    }
}

/// <summary>A line of the log with its filter properties.</summary>
/// <param name="Number">Its number, counted from the start of the process.</param>
/// <param name="Time">When it was logged.</param>
/// <param name="Level">Its level.</param>
/// <param name="Category">Its category.</param>
/// <param name="Utf8">The line in the log, including the last line feed.</param>
internal sealed record RecentLine(long Number, DateTimeOffset Time, LogLevel Level, string Category, byte[] Utf8)
{
    /// <summary>Gets the text without the last line feed.</summary>
    public string Text => Encoding.UTF8.GetString(Utf8).TrimEnd('\n');
}
