using Microsoft.Extensions.Logging;

namespace TacHost.Services.Supervision;

/// <summary>Every line that supervisors log.</summary>
internal static partial class SupervisionLog
{
    [LoggerMessage(20, LogLevel.Warning, "Restarting '{Path}' in {Delay:0.###} s: {Reason}")]
    public static partial void Restarting(ILogger logger, string path, double delay, string reason);

    [LoggerMessage(21, LogLevel.Information, "Restarted '{Path}'.")]
    public static partial void Restarted(ILogger logger, string path);

    [LoggerMessage(22, LogLevel.Error, "Could not restart '{Path}'.")]
    public static partial void StartFailed(ILogger logger, Exception failure, string path);

    [LoggerMessage(23, LogLevel.Information, "'{Path}' has ended and is not restarted: {Reason}")]
    public static partial void NotRestarted(ILogger logger, string path, string reason);
}
