using System.Net;
using Microsoft.Extensions.Logging;

namespace TacHost.Services.Networking;

/// <summary>Every line that listeners, clients and transports log.</summary>
internal static partial class NetworkingLog
{
    public static void FactoryStarting(ILogger logger, string factory, string localAddresses) =>
        LogMessage.Information(logger, 100, "{Factory} starting on {LocalAddresses}", [factory, localAddresses]);

    [LoggerMessage(101, LogLevel.Information, "({Port} Closed)")]
    public static partial void PortClosed(ILogger logger, string port);

    [LoggerMessage(102, LogLevel.Information, "Stopping factory {Factory}")]
    public static partial void FactoryStopping(ILogger logger, string factory);

    [LoggerMessage(103, LogLevel.Warning, "'{Interface}' also means {Address}, which this machine does not have; not listening there.")]
    public static partial void AddressUnavailable(ILogger logger, string @interface, string address);

    [LoggerMessage(104, LogLevel.Error, "{Protocol} threw an exception; aborted the connection with {Peer}.")]
    public static partial void ProtocolThrew(ILogger logger, Exception failure, string peer, string protocol);

    [LoggerMessage(105, LogLevel.Error, "Accepting on {LocalAddress} is paused, because the process is out of resources ({Error}). Accepting resumes when some are free; raise the limit with 'ulimit -n' or LimitNOFILE=.")]
    public static partial void AcceptPaused(ILogger logger, string localAddress, string error);

    [LoggerMessage(106, LogLevel.Information, "Accepting on {LocalAddress} again.")]
    public static partial void AcceptResumed(ILogger logger, string localAddress);

    [LoggerMessage(107, LogLevel.Warning, "Aborted {Count} connection(s) on {LocalAddress} after the grace period.")]
    public static partial void ConnectionsAborted(ILogger logger, int count, string localAddress);

    [LoggerMessage(EventId = 108, Message = "A connection to {LocalAddress} ended before it was served: {Reason} Further ones are logged at debug level.")]
    public static partial void HandshakeFailed(ILogger logger, LogLevel level, EndPoint localAddress, string reason);

    [LoggerMessage(109, LogLevel.Information, "The certificate '{Certificate}' has changed; new connections get it.")]
    public static partial void CertificateReloaded(ILogger logger, string certificate);

    [LoggerMessage(110, LogLevel.Error, "The certificate '{Certificate}' has changed and cannot be read; the one before stays in use until it changes again.")]
    public static partial void CertificateNotReloaded(ILogger logger, Exception failure, string certificate);

    [LoggerMessage(111, LogLevel.Debug, "A datagram was lost at {LocalAddress}: {Reason}")]
    public static partial void DatagramLost(ILogger logger, EndPoint localAddress, string reason);

    [LoggerMessage(112, LogLevel.Error, "A datagram from {Peer} was dropped, because {Protocol} threw.")]
    public static partial void DatagramProtocolThrew(ILogger logger, Exception failure, EndPoint peer, string protocol);

    [LoggerMessage(EventId = 113, Message = "Connection limit reached on {LocalAddress}: {Reason}. Further occurrences are logged at debug level.")]
    public static partial void LimitReached(ILogger logger, LogLevel level, EndPoint localAddress, string reason);

    [LoggerMessage(114, LogLevel.Error, "Accepting on {LocalAddress} fails ({Error}). Retrying ten times a second.")]
    public static partial void AcceptFailed(ILogger logger, string localAddress, string error);

    [LoggerMessage(130, LogLevel.Error, "A callback of {Factory} threw.")]
    public static partial void FactoryThrew(ILogger logger, Exception failure, string factory);

    [LoggerMessage(131, LogLevel.Information, "{Factory} connecting to {Target}")]
    public static partial void Connecting(ILogger logger, string factory, ClientEndpoint target);

    [LoggerMessage(132, LogLevel.Error, "{Reason}")]
    public static partial void ConnectionFailed(ILogger logger, string reason);

    [LoggerMessage(115, LogLevel.Information, "Generated a self-signed certificate for {Hosts} (SHA-256 {Fingerprint}). Clients do not trust it.")]
    public static partial void CertificateMade(ILogger logger, string hosts, string fingerprint);

    [LoggerMessage(133, LogLevel.Information, "Connected to {Target}")]
    public static partial void Connected(ILogger logger, ClientEndpoint target);

    [LoggerMessage(134, LogLevel.Warning, "Scheduling retry {Attempt} to connect {Target} in {Delay} seconds. {Reason}")]
    public static partial void RetryScheduled(ILogger logger, int attempt, ClientEndpoint target, string delay, string reason);

    [LoggerMessage(135, LogLevel.Error, "The connection with {Peer} was reset, because {Handler} threw an exception.")]
    public static partial void HandlerThrew(ILogger logger, Exception failure, EndPoint peer, string handler);

    [LoggerMessage(136, LogLevel.Debug, "Connection of {LocalAddress} with {Peer} opened.")]
    public static partial void ConnectionOpened(ILogger logger, EndPoint peer, EndPoint localAddress);

    [LoggerMessage(137, LogLevel.Debug, "Connection with {Peer} closed.")]
    public static partial void ConnectionClosed(ILogger logger, EndPoint peer);

    [LoggerMessage(138, LogLevel.Debug, "Connection with {Peer} lost: {Reason}")]
    public static partial void ConnectionLost(ILogger logger, EndPoint peer, string reason);

    /// <summary>Logs, and ignores exceptions of the logger, because a failing log must not stop a service.</summary>
    public static void Attempt(Action log)
    {
        try
        {
            log();
        }
        catch (Exception)
        {
            // The log itself failed, so this cannot be logged.
        }
    }

    [LoggerMessage(139, LogLevel.Information, "The authorities for client certificates in '{Path}' have changed; new connections are verified with them.")]
    public static partial void AuthoritiesReloaded(ILogger logger, string path);

    [LoggerMessage(140, LogLevel.Error, "The authorities for client certificates in '{Path}' have changed and cannot be read; those from before stay in use until they change again.")]
    public static partial void AuthoritiesNotReloaded(ILogger logger, Exception failure, string path);
}
