using Microsoft.Extensions.Logging;

namespace TacHost.Logging;

/// <summary>A formatted event, with the time and the level for a syslog daemon or the journal.</summary>
internal readonly ref struct LogLine(DateTimeOffset time, LogLevel level, ReadOnlySpan<byte> bytes)
{
    public DateTimeOffset Time { get; } = time;

    public LogLevel Level { get; } = level;

    /// <summary>Gets the UTF-8 text, including the final line feed. Further lines of the same event begin with a tab.</summary>
    public ReadOnlySpan<byte> Bytes { get; } = bytes;
}
