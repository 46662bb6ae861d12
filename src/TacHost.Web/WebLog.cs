using System.Net;
using Microsoft.Extensions.Logging;

namespace TacHost.Web;

/// <summary>Every line that HTTP servers log themselves; Kestrel's own go to the same logger.</summary>
internal static partial class WebLog
{
    [LoggerMessage(300, LogLevel.Information, "{Server} starting on {LocalAddresses}")]
    public static partial void Starting(ILogger logger, string server, string localAddresses);

    [LoggerMessage(301, LogLevel.Information, "{Line}")]
    public static partial void Request(ILogger logger, string line);

    [LoggerMessage(302, LogLevel.Error, "The access log '{Path}' cannot be written ({Reason}); requests are answered, and their lines are lost.")]
    public static partial void AccessLogBroken(ILogger logger, string path, string reason);

    [LoggerMessage(303, LogLevel.Warning, "The access log '{Path}' is written again; {Lost} lines were lost.")]
    public static partial void AccessLogMended(ILogger logger, string path, long lost);

    [LoggerMessage(304, LogLevel.Information, "A request of {Client} is not HTTP: {Reason}{More}")]
    public static partial void BadRequest(ILogger logger, IPAddress? client, string reason, string more);

    [LoggerMessage(305, LogLevel.Debug, "{Client} left before its request was answered: {Reason}{More}")]
    public static partial void ClientLeft(ILogger logger, IPAddress? client, string reason, string more);

    [LoggerMessage(306, LogLevel.Warning, "'{Upstream}' did not answer a request of {Client} ({Error}): {Reason}{More}")]
    public static partial void NotForwarded(ILogger logger, string upstream, IPAddress? client, string error, string reason, string more);

    [LoggerMessage(307, LogLevel.Information, "A request of {Client} to '{Upstream}' broke off ({Error}): {Reason}{More}")]
    public static partial void BrokenOff(ILogger logger, string upstream, IPAddress? client, string error, string reason, string more);

    [LoggerMessage(308, LogLevel.Warning, "{Client} has given a wrong password for '{User}'{More}")]
    public static partial void WrongPassword(ILogger logger, IPAddress? client, string user, string more);

    [LoggerMessage(309, LogLevel.Error, "All requests are refused, because passwords cannot be checked: {Reason}{More}")]
    public static partial void PasswordFileBroken(ILogger logger, string reason, string more);

    [LoggerMessage(311, LogLevel.Warning, "Aborted {Count} connection(s) after the grace period: {Connections}. Handlers should observe HttpContext.RequestAborted.")]
    public static partial void RequestsAborted(ILogger logger, int count, string connections);

    [LoggerMessage(310, LogLevel.Warning, "Passwords are required on {LocalAddress} without TLS: they are readable on the network. Use TLS, or listen on localhost behind a proxy that does.")]
    public static partial void PasswordsExposed(ILogger logger, EndPoint localAddress);
}
