using Microsoft.Extensions.Logging;

namespace TacHost.Control.Server;

/// <summary>The log messages of the control socket.</summary>
internal static partial class ControlLog
{
    [LoggerMessage(270, LogLevel.Warning, "Cannot listen on a control socket: {Reason}. 'tachost ps' and the like will not find this process.")]
    public static partial void CannotListen(ILogger logger, string reason);

    [LoggerMessage(271, LogLevel.Debug, "Refused a control connection of process {Process}, because user {User} is neither root nor the user of this process.")]
    public static partial void Refused(ILogger logger, int process, uint user);

    [LoggerMessage(272, LogLevel.Error, "The control method '{Method}' failed.")]
    public static partial void MethodFailed(ILogger logger, Exception failure, string method);
}
