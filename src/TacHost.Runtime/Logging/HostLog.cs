using Microsoft.Extensions.Logging;

namespace TacHost.Logging;

/// <summary>Every line that the host itself logs.</summary>
internal static partial class HostLog
{
    public static void Starting(ILogger logger, string version, string runtime, string executable) =>
        LogMessage.Information(logger, 200, "tachost {Version} ({Runtime}, {Executable}) starting up.", [version, runtime, executable]);

    public static void Running(ILogger logger, string application, int process, string source) =>
        LogMessage.Information(logger, 201, "{Application} is running as process {Process}, from {Source}.", [application, process, source]);

    [LoggerMessage(202, LogLevel.Information, "Received {Signal}, shutting down.")]
    public static partial void ShuttingDown(ILogger logger, string signal);

    [LoggerMessage(203, LogLevel.Warning, "Received {Signal} again, no longer waiting.")]
    public static partial void ShuttingDownNow(ILogger logger, string signal);

    [LoggerMessage(204, LogLevel.Error, "Shutting down, because the service '{Service}' has failed.")]
    public static partial void ServiceFailed(ILogger logger, string service);

    [LoggerMessage(205, LogLevel.Error, "These services did not stop within {Seconds} s: {Services}.")]
    public static partial void NotStopped(ILogger logger, double seconds, string services);

    [LoggerMessage(206, LogLevel.Error, "Not everything stopped cleanly: {Reasons}")]
    public static partial void StopFailed(ILogger logger, string reasons);

    [LoggerMessage(207, LogLevel.Information, "Server Shut Down.")]
    public static partial void ShutDown(ILogger logger);

    [LoggerMessage(208, LogLevel.Error, "{Message}")]
    public static partial void StartFailed(ILogger logger, Exception? failure, string message);

    [LoggerMessage(209, LogLevel.Warning, "{Notice}")]
    public static partial void Notice(ILogger logger, string notice);

    [LoggerMessage(238, LogLevel.Debug, "{Detail}")]
    public static partial void Detail(ILogger logger, string detail);

    [LoggerMessage(296, LogLevel.Critical, "Unhandled exception, the application terminates.")]
    public static partial void Escaped(ILogger logger, Exception failure);

    [LoggerMessage(210, LogLevel.Critical, "Unhandled exception, the process terminates.")]
    public static partial void Unhandled(ILogger logger, Exception? failure);

    [LoggerMessage(229, LogLevel.Error, "A task failed, and its exception was not observed.")]
    public static partial void Unobserved(ILogger logger, Exception failure);

    [LoggerMessage(211, LogLevel.Information, "{Line}")]
    public static partial void Printed(ILogger logger, string line);

    [LoggerMessage(212, LogLevel.Error, "{Line}")]
    public static partial void PrintedAsError(ILogger logger, string line);

    [LoggerMessage(220, LogLevel.Warning, "Still stopping: {Services}.")]
    public static partial void StillStopping(ILogger logger, string services);

    [LoggerMessage(221, LogLevel.Information, "Received SIGHUP, reloading.")]
    public static partial void Reloading(ILogger logger);

    [LoggerMessage(231, LogLevel.Information, "Reload: {Line}")]
    public static partial void ReloadPlanned(ILogger logger, string line);

    [LoggerMessage(232, LogLevel.Information, "Reloaded in {Milliseconds:0} ms: {Summary}.")]
    public static partial void Reloaded(ILogger logger, double milliseconds, string summary);

    [LoggerMessage(233, LogLevel.Information, "Reloaded: nothing has changed.")]
    public static partial void NothingToReload(ILogger logger);

    [LoggerMessage(234, LogLevel.Error, "The reload failed, and everything runs as before: {Reason}")]
    public static partial void ReloadFailed(ILogger logger, Exception? failure, string reason);

    [LoggerMessage(240, LogLevel.Information, "User {User} (process {Process}) has asked for an upgrade.")]
    public static partial void UpgradeAsked(ILogger logger, string user, int process);

    [LoggerMessage(249, LogLevel.Information, "User {User} (process {Process}) has asked for a dump of the stacks.")]
    public static partial void DumpAsked(ILogger logger, string user, int process);

    [LoggerMessage(241, LogLevel.Information, "Received SIGUSR2, upgrading.")]
    public static partial void UpgradeSignalled(ILogger logger);

    [LoggerMessage(242, LogLevel.Information, "Upgrade: starting '{Program}'.")]
    public static partial void Upgrading(ILogger logger, string program);

    [LoggerMessage(243, LogLevel.Information, "Upgraded: process {Process} (tachost {Version}) serves now. This process ends after its connections.")]
    public static partial void Upgraded(ILogger logger, int process, string version);

    [LoggerMessage(244, LogLevel.Error, "The upgrade failed, and this process serves as before: {Reason}")]
    public static partial void UpgradeFailed(ILogger logger, Exception? failure, string reason);

    [LoggerMessage(246, LogLevel.Error, "Process {Process}, which had taken over, was ended by signal {Signal}. Starting another one on the same sockets.")]
    public static partial void SuccessorKilled(ILogger logger, int process, int signal);

    [LoggerMessage(247, LogLevel.Information, "Process {Process} serves now.")]
    public static partial void SuccessorReplaced(ILogger logger, int process);

    [LoggerMessage(248, LogLevel.Critical, "No process serves any more, because the new one was killed and another one did not start: {Reason}")]
    public static partial void SuccessorLost(ILogger logger, string reason);

    [LoggerMessage(245, LogLevel.Information, "Upgrade: this process serves now.")]
    public static partial void TookOver(ILogger logger);

    [LoggerMessage(222, LogLevel.Information, "Received SIGUSR1, log reopened.")]
    public static partial void Reopened(ILogger logger);

    [LoggerMessage(223, LogLevel.Information, "chroot to {Directory}")]
    public static partial void RootChanged(ILogger logger, string directory);

    [LoggerMessage(224, LogLevel.Information, "set {Kind} {User}/{Group}")]
    public static partial void IdentityChanged(ILogger logger, string kind, uint user, uint group);

    [LoggerMessage(225, LogLevel.Information, "{Application} has asked to stop, shutting down.")]
    public static partial void StopRequested(ILogger logger, string application);

    [LoggerMessage(226, LogLevel.Error, "A service threw an exception when its stop was cancelled.")]
    public static partial void CancellationThrew(ILogger logger, Exception failure);

    [LoggerMessage(227, LogLevel.Error, "The service tree did not respond to the watchdog.")]
    public static partial void TreeDidNotAnswer(ILogger logger, Exception failure);

    [LoggerMessage(235, LogLevel.Information, "User {User} (process {Process}) has asked for a stop, shutting down.")]
    public static partial void StopAsked(ILogger logger, string user, int process);

    [LoggerMessage(236, LogLevel.Information, "User {User} (process {Process}) has asked to {Verb} the service '{Service}'.")]
    public static partial void OperationAsked(ILogger logger, string user, int process, string verb, string service);

    [LoggerMessage(237, LogLevel.Information, "User {User} (process {Process}) has set the level of {Category} to {Level}.")]
    public static partial void LevelChanged(ILogger logger, string user, int process, string category, string level);

    [LoggerMessage(230, LogLevel.Warning, "The loggers of the tac file are not used, because of --logger.")]
    public static partial void TacLoggersIgnored(ILogger logger);

    [LoggerMessage(255, LogLevel.Warning, "Ignored a console logger of the tac file, because the log already has its lines and all console output. Remove the console logger.")]
    public static partial void ConsoleLoggerIgnored(ILogger logger);

    [LoggerMessage(253, LogLevel.Information, "Further lines are in '{Path}', the log file of the tac file. --logfile names another one.")]
    public static partial void LogMoved(ILogger logger, string path);

    [LoggerMessage(254, LogLevel.Warning, "The log file of {Application} is not used, because several applications share the log of this process.")]
    public static partial void LogFileIgnored(ILogger logger, string application);

    [LoggerMessage(228, LogLevel.Critical, "The process terminates without stopping its services, because Environment.Exit was called or the runtime failed. Call Application.RequestStop instead.")]
    public static partial void EndedFromWithin(ILogger logger);
}
