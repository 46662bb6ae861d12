using System.Net;
using Microsoft.Extensions.Logging;

namespace TacHost.Proxies.Socks;

/// <summary>Every line that the SOCKS server logs.</summary>
internal static partial class SocksLog
{
    [LoggerMessage(1, LogLevel.Warning, "Open proxy: all clients that can reach {LocalAddress} may use it, and appear as this machine. Listen on 127.0.0.1, or ask for passwords, or allow few destinations only")]
    public static partial void OpenToAll(ILogger logger, EndPoint localAddress);

    [LoggerMessage(2, LogLevel.Warning, "passwords and data go unencrypted to {LocalAddress}: others on the network can read them")]
    public static partial void PasswordsInTheClear(ILogger logger, EndPoint localAddress);

    [LoggerMessage(3, LogLevel.Information, "{Peer} is connected to {Destination}")]
    public static partial void Connected(ILogger logger, EndPoint peer, string destination);

    [LoggerMessage(4, LogLevel.Information, "{Peer} is refused {Destination}: {Reason}{More}")]
    public static partial void Refused(ILogger logger, EndPoint peer, string destination, string reason, string more);

    [LoggerMessage(5, LogLevel.Warning, "{Peer} has given a wrong password for '{User}'{More}")]
    public static partial void WrongPassword(ILogger logger, EndPoint peer, string user, string more);

    [LoggerMessage(6, LogLevel.Error, "all logins are refused, because the passwords cannot be checked")]
    public static partial void NoPasswords(ILogger logger, Exception failure);

    [LoggerMessage(7, LogLevel.Information, "{Peer} waits for a connection from {Destination} at {LocalAddress}")]
    public static partial void Bound(ILogger logger, EndPoint peer, string destination, EndPoint localAddress);

    [LoggerMessage(8, LogLevel.Information, "{Peer} sends datagrams by {LocalAddress}")]
    public static partial void Associated(ILogger logger, EndPoint peer, EndPoint localAddress);

    [LoggerMessage(9, LogLevel.Error, "the request of {Peer} has failed")]
    public static partial void Failed(ILogger logger, Exception failure, EndPoint peer);

    [LoggerMessage(10, LogLevel.Debug, "the connection of {Peer} has ended after {Bytes} bytes")]
    public static partial void Ended(ILogger logger, EndPoint peer, long bytes);
}
