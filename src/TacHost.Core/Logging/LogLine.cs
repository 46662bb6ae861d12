using Microsoft.Extensions.Logging;

namespace TacHost.Logging;

/// <summary>One event as it will stand in the log, with what a syslog daemon or the journal wants to know beside it.</summary>
internal readonly ref struct LogLine(DateTimeOffset time, LogLevel level, ReadOnlySpan<byte> bytes)
{
    public DateTimeOffset Time { get; } = time;

    public LogLevel Level { get; } = level;

    /// <summary>UTF-8 up to and including the final line feed. Further lines of the same event begin with a tab.</summary>
    public ReadOnlySpan<byte> Bytes { get; } = bytes;
}
