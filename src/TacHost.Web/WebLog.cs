using System.Net;
using Microsoft.Extensions.Logging;

namespace TacHost.Web;

/// <summary>Every line that HTTP servers log themselves; Kestrel's own go to the same logger.</summary>
internal static partial class WebLog
{
    [LoggerMessage(300, LogLevel.Information, "{Server} starting on {EndPoints}")]
    public static partial void Starting(ILogger logger, string server, string endPoints);

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
}
