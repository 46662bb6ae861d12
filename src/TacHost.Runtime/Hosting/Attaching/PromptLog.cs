using Microsoft.Extensions.Logging;

namespace TacHost.Hosting.Attaching;

/// <summary>The log messages of prompts on the control socket.</summary>
internal static partial class PromptLog
{
    [LoggerMessage(260, LogLevel.Information, "User {User} (user ID {UserId}, process {Process}) has attached, {Mode}.")]
    public static partial void Attached(ILogger logger, string user, uint userId, int process, string mode);

    [LoggerMessage(261, LogLevel.Information, "User {User} (user ID {UserId}, process {Process}) has run: {Line}")]
    public static partial void Typed(ILogger logger, string user, uint userId, int process, string line);

    [LoggerMessage(262, LogLevel.Information, "User {User} (user ID {UserId}, process {Process}) has detached.")]
    public static partial void Detached(ILogger logger, string user, uint userId, int process);

    [LoggerMessage(263, LogLevel.Warning, "A line of user {User} (process {Process}) was interrupted and may keep running. 'cancelled' is signalled to it.")]
    public static partial void LeftBehind(ILogger logger, string user, int process);
}
