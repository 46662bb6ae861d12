using System.Globalization;

namespace TacHost.Services.Networking;

/// <summary>Limits the log lines of one kind that clients can cause, so that they cannot displace all other lines. Lines beyond the limit are counted, and the next line that is written has the count.</summary>
internal sealed class LogLimit(int mostInAMinute = LogLimit.Default, TimeProvider? time = null)
{
    /// <summary>The number of lines in a minute by default.</summary>
    public const int Default = 10;

    private static readonly TimeSpan _minute = TimeSpan.FromMinutes(1);

    private readonly TimeProvider _time = time ?? TimeProvider.System;
    private readonly Lock _gate = new();
    private long _begin;
    private int _written;
    private int _leftOut;

    /// <summary>Writes a line, unless there were too many within the minute.</summary>
    /// <param name="write">Logs the line with the text that it is given at its end: nothing, or how many lines were left out.</param>
    public void Write(Action<string> write)
    {
        int leftOut;
        lock (_gate)
        {
            if (_written == 0 || _time.GetElapsedTime(_begin) >= _minute)
                (_begin, _written) = (_time.GetTimestamp(), 0);
            if (_written == mostInAMinute)
            {
                _leftOut++;
                return;
            }

            _written++;
            (leftOut, _leftOut) = (_leftOut, 0);
        }

        write(leftOut == 0 ? "" : string.Create(CultureInfo.InvariantCulture, $" ({leftOut} similar lines were suppressed before)"));
    }
}
