using Microsoft.Extensions.Logging;

namespace TacHost.Cluster;

/// <summary>Every line that a node logs about its cluster.</summary>
internal static partial class ClusterLog
{
    [LoggerMessage(430, LogLevel.Information, "Node '{Node}' is up at {Address}.")]
    public static partial void Up(ILogger logger, string node, string address);

    [LoggerMessage(431, LogLevel.Information, "Node '{Node}' is leaving.")]
    public static partial void Leaving(ILogger logger, string node);

    [LoggerMessage(432, LogLevel.Warning, "Node '{Node}' is gone.")]
    public static partial void Removed(ILogger logger, string node);

    [LoggerMessage(433, LogLevel.Warning, "Node '{Node}' cannot be reached.")]
    public static partial void Unreachable(ILogger logger, string node);

    [LoggerMessage(434, LogLevel.Information, "Node '{Node}' can be reached again.")]
    public static partial void Reachable(ILogger logger, string node);

    [LoggerMessage(435, LogLevel.Error, "Could not start or stop '{Name}' as the cluster asked.")]
    public static partial void Failed(ILogger logger, string name, Exception exception);

    [LoggerMessage(436, LogLevel.Debug, "Akka: {Message}")]
    public static partial void Warning(ILogger logger, string message);

    [LoggerMessage(437, LogLevel.Warning, "Akka: {Message}")]
    public static partial void Error(ILogger logger, string message);

    [LoggerMessage(439, LogLevel.Warning, "PostgreSQL does not answer: {Reason} Deployments here end if that lasts.")]
    public static partial void StoreLost(ILogger logger, string reason);

    [LoggerMessage(440, LogLevel.Warning, "The cluster waits for a majority of its seeds. These do not answer: {Seeds}. Start their nodes, or check the network between them and this one.")]
    public static partial void Alone(ILogger logger, string seeds);

    [LoggerMessage(438, LogLevel.Warning, "Could not write the desired state of the cluster: {Reason} The other nodes have it.")]
    public static partial void CannotSave(ILogger logger, string reason);
}
