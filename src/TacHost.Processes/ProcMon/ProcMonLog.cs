using Microsoft.Extensions.Logging;

namespace TacHost.Processes.ProcMon;

/// <summary>Every line that the process monitor logs.</summary>
internal static partial class ProcMonLog
{
    [LoggerMessage(1, LogLevel.Information, "{Line}")]
    public static partial void Printed(ILogger logger, string line);

    [LoggerMessage(2, LogLevel.Information, "started '{Name}' as process {Process}")]
    public static partial void Started(ILogger logger, string name, int process);

    [LoggerMessage(3, LogLevel.Information, "'{Name}' (process {Process}) has completed its work: exit code 0")]
    public static partial void Completed(ILogger logger, string name, int process);

    [LoggerMessage(4, LogLevel.Error, "'{Name}' has failed {Count} times in a row and is not restarted; the other programs keep running")]
    public static partial void GivenUp(ILogger logger, string name, int count);

    [LoggerMessage(5, LogLevel.Information, "stopped '{Name}' (process {Process}): {End}")]
    public static partial void Stopped(ILogger logger, string name, int process, ProcessExitStatus end);
}
