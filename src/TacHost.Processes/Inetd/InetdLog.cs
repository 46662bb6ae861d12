using System.Net;
using Microsoft.Extensions.Logging;

namespace TacHost.Processes.Inetd;

/// <summary>Every line that inetd logs.</summary>
internal static partial class InetdLog
{
    [LoggerMessage(1, LogLevel.Information, "{Service}: {Client} is served by '{Program}', process {Process} of user {User}")]
    public static partial void Started(ILogger logger, InetdService service, string client, string program, int process, string user);

    [LoggerMessage(2, LogLevel.Information, "{Service}: process {Process} for {Client} has ended after {Seconds} s: {End}")]
    public static partial void Ended(ILogger logger, InetdService service, int process, string client, string seconds, ProcessExitStatus end);

    [LoggerMessage(3, LogLevel.Error, "{Service}: '{Program}' cannot be started for {Client} as user {User}: {Reason}")]
    public static partial void CannotStart(ILogger logger, InetdService service, string program, string client, string user, string reason);

    [LoggerMessage(4, LogLevel.Error, "{Service}: {Count} programs were started within a minute, which is the limit; no client is served for the next {Seconds} s")]
    public static partial void TooOften(ILogger logger, InetdService service, int count, string seconds);

    [LoggerMessage(5, LogLevel.Warning, "{Service}: is served again; {Count} connections were refused meanwhile")]
    public static partial void ServedAgain(ILogger logger, InetdService service, int count);

    [LoggerMessage(6, LogLevel.Information, "{Service}: served at {LocalAddresses} by '{Program}' as user {User}")]
    public static partial void Serving(ILogger logger, InetdService service, string localAddresses, string program, string user);

    [LoggerMessage(7, LogLevel.Information, "{Service}: omitted, because internal services are disabled")]
    public static partial void InternalNotServed(ILogger logger, InetdService service);

    [LoggerMessage(8, LogLevel.Warning, "{Service}: '{Host}' also stands for {Address}, which this machine does not have; the others are served")]
    public static partial void AddressUnavailable(ILogger logger, InetdAddress service, string host, string address);

    [LoggerMessage(9, LogLevel.Error, "{Service}: a connection could not be handed over")]
    public static partial void HandingOverFailed(ILogger logger, Exception failure, InetdService service);

    [LoggerMessage(10, LogLevel.Warning, "Not served: {Line}")]
    public static partial void LineSkipped(ILogger logger, string line);

    [LoggerMessage(11, LogLevel.Warning, "{Service}: there is no program '{Program}'; connections are closed until there is one")]
    public static partial void ProgramMissing(ILogger logger, InetdService service, string program);

    [LoggerMessage(12, LogLevel.Warning, "{Service}: {Address} has started {Count} programs within a minute, which is the limit of an address; it is refused until the minute is over")]
    public static partial void TooOftenForAddress(ILogger logger, InetdService service, IPAddress address, int count);
}
