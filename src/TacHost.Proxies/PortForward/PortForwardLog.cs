using System.Net;
using Microsoft.Extensions.Logging;
using TacHost.Services.Networking;

namespace TacHost.Proxies.PortForward;

/// <summary>Every line that the port forwarder logs.</summary>
internal static partial class PortForwardLog
{
    [LoggerMessage(1, LogLevel.Information, "{Peer} is connected to {Target}")]
    public static partial void Connected(ILogger logger, EndPoint peer, ClientEndpoint target);

    [LoggerMessage(2, LogLevel.Warning, "{Target} is down, and the others go first for a while: {Reason}")]
    public static partial void Down(ILogger logger, ClientEndpoint target, string reason);

    [LoggerMessage(3, LogLevel.Information, "{Target} is back")]
    public static partial void Back(ILogger logger, ClientEndpoint target);

    [LoggerMessage(4, LogLevel.Error, "{Peer} is sent away, because none of the targets can be reached{More}")]
    public static partial void NoTarget(ILogger logger, EndPoint peer, string more);

    [LoggerMessage(5, LogLevel.Debug, "the connection of {Peer} has ended after {Bytes} bytes")]
    public static partial void Ended(ILogger logger, EndPoint peer, long bytes);

    [LoggerMessage(6, LogLevel.Error, "the connection of {Peer} has failed")]
    public static partial void Failed(ILogger logger, Exception failure, EndPoint peer);
}
