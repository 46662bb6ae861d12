using Microsoft.Extensions.Logging;

namespace TacHost.Fleet;

/// <summary>Every line that an emperor logs.</summary>
internal static partial class FleetLog
{
    [LoggerMessage(420, LogLevel.Critical, "The cluster takes the deployments of this node over: {Reason}. This process ends, so that nothing runs twice.")]
    public static partial void Abandoned(ILogger logger, string reason);

    [LoggerMessage(400, LogLevel.Information, "Started '{Name}' as process {Process}.")]
    public static partial void Started(ILogger logger, string name, int process);

    [LoggerMessage(401, LogLevel.Information, "Adopted '{Name}', which runs as process {Process}.")]
    public static partial void Adopted(ILogger logger, string name, int process);

    [LoggerMessage(402, LogLevel.Information, "Reloaded '{Name}': {Summary}.")]
    public static partial void Reloaded(ILogger logger, string name, string summary);

    [LoggerMessage(403, LogLevel.Information, "Stopped '{Name}', which ran as process {Process}.")]
    public static partial void Stopped(ILogger logger, string name, int process);

    [LoggerMessage(404, LogLevel.Warning, "Killed '{Name}', process {Process}, because it had not ended within {Seconds} s.")]
    public static partial void Killed(ILogger logger, string name, int process, double seconds);

    [LoggerMessage(405, LogLevel.Warning, "'{Name}' keeps running unchanged: {Reason}")]
    public static partial void Stale(ILogger logger, string name, string reason);

    [LoggerMessage(406, LogLevel.Error, "'{Name}' has failed: {Reason}")]
    public static partial void Failed(ILogger logger, string name, string reason);

    [LoggerMessage(407, LogLevel.Warning, "'{Name}': {Reason}; next try in {Seconds} s.")]
    public static partial void BackingOff(ILogger logger, string name, string reason, double seconds);

    [LoggerMessage(408, LogLevel.Warning, "Could not write the state of '{Name}': {Reason}")]
    public static partial void CannotSave(ILogger logger, string name, string reason);

    [LoggerMessage(409, LogLevel.Error, "Nothing is stopped or started: {Reason}")]
    public static partial void CannotRead(ILogger logger, string reason);

    [LoggerMessage(410, LogLevel.Information, "Leaving {Count} deployments to the next emperor.")]
    public static partial void Released(ILogger logger, int count);

    [LoggerMessage(411, LogLevel.Information, "Ready: {Summary}")]
    public static partial void Ready(ILogger logger, string summary);
}
