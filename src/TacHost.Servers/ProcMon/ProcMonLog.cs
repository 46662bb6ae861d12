using Microsoft.Extensions.Logging;
using TacHost.Servers.Processes;

namespace TacHost.Servers.ProcMon;

/// <summary>Every line that the process monitor logs.</summary>
internal static partial class ProcMonLog
{
    [LoggerMessage(1, LogLevel.Information, "[{Name}] {Line}")]
    public static partial void Printed(ILogger logger, string name, string line);

    [LoggerMessage(2, LogLevel.Information, "started '{Name}' as process {Process}")]
    public static partial void Started(ILogger logger, string name, int process);

    [LoggerMessage(3, LogLevel.Warning, "'{Name}' (process {Process}) has ended: {End}; it starts again {When}")]
    public static partial void Ended(ILogger logger, string name, int process, ProcessEnd end, string when);

    [LoggerMessage(4, LogLevel.Error, "'{Name}' cannot be started: {Reason}; the next attempt is {When}")]
    public static partial void CannotStart(ILogger logger, string name, string reason, string when);

    [LoggerMessage(5, LogLevel.Information, "stopped '{Name}' (process {Process}): {End}")]
    public static partial void Stopped(ILogger logger, string name, int process, ProcessEnd end);
}
