using System.Net;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace FastPoetry.Web;

/// <summary>Every line that is logged about poetry over HTTP, by the server that was asked.</summary>
internal static partial class PoetryWebLog
{
    public static ILogger LoggerOf(HttpContext context) => context.RequestServices.GetRequiredService<ILoggerFactory>().CreateLogger(nameof(PoetrySite));

    public static IPEndPoint? PeerOf(HttpContext context) =>
        context.Connection.RemoteIpAddress is { } address ? new IPEndPoint(address, context.Connection.RemotePort) : null;

    [LoggerMessage(1, LogLevel.Information, "sending {Count} bytes of poetry to {Peer}")]
    public static partial void Sending(ILogger logger, long count, IPEndPoint? peer);

    [LoggerMessage(2, LogLevel.Information, "{Peer} called {Method}, which failed: {Reason}")]
    public static partial void CallFailed(ILogger logger, IPEndPoint? peer, string method, string reason);
}
