using Microsoft.Extensions.Logging;

namespace TacHost.Processes;

/// <summary>The log messages about ending process groups.</summary>
internal static partial class ProcessesLog
{
    [LoggerMessage(41, LogLevel.Warning, "'{Name}' (process {Process}) has left processes in its group, which are stopped now")]
    public static partial void LeftBehind(ILogger logger, string name, int process);

    [LoggerMessage(42, LogLevel.Warning, "'{Name}' (process group {Process}) has ignored {Signal} and is killed")]
    public static partial void Killing(ILogger logger, string name, int process, StopSignal signal);

    [LoggerMessage(43, LogLevel.Error, "'{Name}' (process group {Process}) still exists after SIGKILL and is abandoned; 'ps -o pid,stat,wchan,args -g {Process}' shows why")]
    public static partial void GivenUp(ILogger logger, string name, int process);
}
