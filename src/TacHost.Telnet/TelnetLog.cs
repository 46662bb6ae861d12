using System.Net;
using Microsoft.Extensions.Logging;

namespace TacHost.Telnet;

/// <summary>Every line that the telnet server logs.</summary>
internal static partial class TelnetLog
{
    [LoggerMessage(400, LogLevel.Warning, "generated the password {Password}, which is valid until this telnet server stops")]
    public static partial void Password(ILogger logger, string password);

    [LoggerMessage(401, LogLevel.Warning, "Telnet listens on {LocalAddress}, which other machines can reach: passwords and data are readable on the network. Use localhost, and ssh to connect.")]
    public static partial void Exposed(ILogger logger, EndPoint localAddress);

    [LoggerMessage(402, LogLevel.Warning, "{Peer} could not log in as '{Name}'{More}")]
    public static partial void LoginFailed(ILogger logger, EndPoint peer, string name, string more);

    [LoggerMessage(403, LogLevel.Warning, "{Peer} has logged in as '{Name}' and may run code in this process")]
    public static partial void LoggedIn(ILogger logger, EndPoint peer, string name);

    [LoggerMessage(404, LogLevel.Warning, "{Name} at {Peer} runs: {Line}")]
    public static partial void Line(ILogger logger, string name, EndPoint peer, string line);

    [LoggerMessage(405, LogLevel.Warning, "abandoned the line of {Name} at {Peer}: {Reason}")]
    public static partial void LineLeftBehind(ILogger logger, string name, EndPoint peer, string reason);

    [LoggerMessage(406, LogLevel.Information, "{Name} at {Peer} has logged out")]
    public static partial void Left(ILogger logger, string name, EndPoint peer);

    [LoggerMessage(407, LogLevel.Error, "all logins are refused: {Reason}")]
    public static partial void PasswordFileBroken(ILogger logger, string reason);

    [LoggerMessage(408, LogLevel.Error, "the compiler cannot be used")]
    public static partial void CompilerBroken(ILogger logger, Exception failure);
}
