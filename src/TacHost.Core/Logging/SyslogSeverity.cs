using Microsoft.Extensions.Logging;

namespace TacHost.Logging;

/// <summary>The severities of syslog(3), which the journal shares.</summary>
internal static class SyslogSeverity
{
    public static int Of(LogLevel level) => level switch
    {
        LogLevel.Critical => 2,
        LogLevel.Error => 3,
        LogLevel.Warning => 4,
        LogLevel.Information => 6,
        _ => 7,
    };
}
