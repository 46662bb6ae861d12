using Microsoft.Extensions.Logging;

namespace TacHost.Services;

/// <summary>Every line that the tree itself logs.</summary>
internal static partial class ServiceLog
{
    [LoggerMessage(31, LogLevel.Error, "The service '{Path}' has failed.")]
    public static partial void Failed(ILogger logger, Exception failure, string path);

    [LoggerMessage(32, LogLevel.Error, "The service '{Path}' did not start, and cleaning up after it failed as well.")]
    public static partial void CleanUpFailed(ILogger logger, Exception failure, string path);

    [LoggerMessage(33, LogLevel.Error, "The service '{Path}' did not stop cleanly.")]
    public static partial void StopFailed(ILogger logger, Exception failure, string path);

    [LoggerMessage(34, LogLevel.Error, "The service '{Path}' could not handle the failure of '{Failed}', which is passed to its parent.")]
    public static partial void SupervisionFailed(ILogger logger, Exception failure, string path, string failed);

    [LoggerMessage(35, LogLevel.Error, "The service '{Path}' could not be disposed.")]
    public static partial void DisposeFailed(ILogger logger, Exception failure, string path);

    [LoggerMessage(36, LogLevel.Error, "Shutting down, because the application has failed.")]
    public static partial void ApplicationFailed(ILogger logger, Exception failure);

    [LoggerMessage(37, LogLevel.Warning, "Dropped {Count} lines from before the start, which were more than {Most}.")]
    public static partial void EarlyLinesDropped(ILogger logger, int count, int most);
}
