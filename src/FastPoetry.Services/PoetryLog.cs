using System.Net;
using Microsoft.Extensions.Logging;
using TacHost.Services.Networking;

namespace FastPoetry.Services;

/// <summary>Every line that the poetry services log.</summary>
internal static partial class PoetryLog
{
    [LoggerMessage(1, LogLevel.Information, "loaded {Count} bytes of poetry from {File}")]
    public static partial void Loaded(ILogger logger, int count, string file);

    [LoggerMessage(2, LogLevel.Information, "sending {Count} bytes of poetry to {Peer}")]
    public static partial void Sending(ILogger logger, int count, EndPoint peer);

    [LoggerMessage(3, LogLevel.Information, "sending {Count} bytes of poetry to {Peer} in {Answers} datagrams")]
    public static partial void SendingDatagrams(ILogger logger, int count, EndPoint peer, int answers);

    [LoggerMessage(4, LogLevel.Information, "{Peer} requested the poem '{Name}', which does not exist")]
    public static partial void NoSuchPoem(ILogger logger, string name, EndPoint peer);

    [LoggerMessage(5, LogLevel.Debug, "ignored {Count} bytes from {Peer}, which are not a request for a poem, or too few")]
    public static partial void NoRequest(ILogger logger, int count, EndPoint peer);

    [LoggerMessage(6, LogLevel.Information, "sending {Count} bytes of poetry to {Peer}, {NumBytes} every {Delay} ms")]
    public static partial void SendingSlowly(ILogger logger, int count, EndPoint peer, int numBytes, double delay);

    [LoggerMessage(7, LogLevel.Information, "fetched {Count} bytes of poetry from {Server}")]
    public static partial void Fetched(ILogger logger, int count, ClientEndpoint server);

    [LoggerMessage(8, LogLevel.Warning, "{Reason} Serving the last good copy, which is {Age} old.")]
    public static partial void ServingTheLast(ILogger logger, string reason, TimeSpan age);

    [LoggerMessage(9, LogLevel.Error, "{Reason} There is no copy to serve.")]
    public static partial void NothingToServe(ILogger logger, string reason);

    [LoggerMessage(10, LogLevel.Error, "no poem for {Peer}")]
    public static partial void ReciteFailed(ILogger logger, Exception failure, EndPoint peer);

    [LoggerMessage(11, LogLevel.Information, "transforming {Count} bytes of poetry by '{Transform}' for {Peer}")]
    public static partial void Transformed(ILogger logger, int count, string transform, EndPoint peer);

    [LoggerMessage(12, LogLevel.Information, "nothing to transform for {Peer}: {Reason}")]
    public static partial void NotTransformed(ILogger logger, EndPoint peer, string reason);
}
