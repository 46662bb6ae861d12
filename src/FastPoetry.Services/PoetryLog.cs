using System.Net;
using Microsoft.Extensions.Logging;

namespace FastPoetry.Services;

/// <summary>Every line that the poetry services log.</summary>
internal static partial class PoetryLog
{
    [LoggerMessage(1, LogLevel.Information, "loaded {Count} bytes of poetry from {File}")]
    public static partial void Loaded(ILogger logger, int count, string file);

    [LoggerMessage(2, LogLevel.Information, "sending {Count} bytes of poetry to {Peer}")]
    public static partial void Sending(ILogger logger, int count, EndPoint peer);
}
