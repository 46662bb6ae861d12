using System.Globalization;

namespace TacHost.Services.Infrastructure;

/// <summary>The outermost scope of a line that was logged before its application had a log. The log of the host writes its time, other logs may show it as a scope.</summary>
public sealed class EarlyLine
{
    internal EarlyLine(DateTimeOffset time) => Time = time;

    /// <summary>Gets the time at which the line was logged.</summary>
    public DateTimeOffset Time { get; }

    /// <inheritdoc/>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"logged at {Time:HH:mm:ss.fff}");
}
