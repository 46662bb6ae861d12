using System.Net;
using Microsoft.Extensions.Logging;

namespace TacHost.Ftp;

/// <summary>Every line that the FTP server logs.</summary>
internal static partial class FtpLog
{
    [LoggerMessage(2000, LogLevel.Information, "serving '{Directory}' by FTP to {Who}")]
    public static partial void Serving(ILogger logger, string directory, string who);

    [LoggerMessage(2001, LogLevel.Warning, "passwords and files are sent unencrypted, because the FTP server has no certificate")]
    public static partial void PasswordsInTheClear(ILogger logger);

    [LoggerMessage(2002, LogLevel.Warning, "symbolic links are not followed, because this kernel cannot keep names below a directory (openat2(2), since Linux 5.6)")]
    public static partial void LinksNotFollowed(ILogger logger);

    [LoggerMessage(2003, LogLevel.Debug, "the session of {Peer} begins")]
    public static partial void SessionBegun(ILogger logger, IPEndPoint peer);

    [LoggerMessage(2004, LogLevel.Warning, "the session of {Peer} is refused: {Reason}{More}")]
    public static partial void SessionRefused(ILogger logger, IPEndPoint peer, string reason, string more);

    [LoggerMessage(2005, LogLevel.Debug, "the session of {Peer} is lost: {Reason}")]
    public static partial void SessionLost(ILogger logger, IPEndPoint peer, string reason);

    [LoggerMessage(2006, LogLevel.Information, "{Peer} has logged in as '{User}'")]
    public static partial void LoggedIn(ILogger logger, IPEndPoint peer, string user);

    [LoggerMessage(2007, LogLevel.Warning, "{Peer} could not log in as '{User}'{More}")]
    public static partial void LoginFailed(ILogger logger, IPEndPoint peer, string user, string more);

    [LoggerMessage(2008, LogLevel.Error, "{Peer} cannot log in as '{User}', and no other user can")]
    public static partial void PasswordFileUnusable(ILogger logger, Exception failure, IPEndPoint peer, string user);

    [LoggerMessage(2009, LogLevel.Error, "{Peer} cannot log in as '{User}', because its home '{Home}' is not a directory below the root")]
    public static partial void HomeMissing(ILogger logger, IPEndPoint peer, string user, string home);

    [LoggerMessage(2010, LogLevel.Information, "{User} ({Peer}): {What}, {Count} bytes")]
    public static partial void Transferred(ILogger logger, string user, IPEndPoint peer, string what, long count);

    [LoggerMessage(2011, LogLevel.Warning, "{User} ({Peer}): '{What}' ended after {Count} bytes: {Reason}")]
    public static partial void TransferFailed(ILogger logger, string user, IPEndPoint peer, string what, long count, string reason);

    [LoggerMessage(2012, LogLevel.Information, "{User} ({Peer}): {What}")]
    public static partial void Changed(ILogger logger, string user, IPEndPoint peer, string what);

    [LoggerMessage(2013, LogLevel.Warning, "A data connection for {Peer} was tried by {Stranger}, and refused{More}")]
    public static partial void StrangerRefused(ILogger logger, IPEndPoint peer, EndPoint? stranger, string more);

    [LoggerMessage(2014, LogLevel.Warning, "{Peer} asked for a data connection to '{Target}', and was refused{More}")]
    public static partial void BounceRefused(ILogger logger, IPEndPoint peer, string target, string more);

    [LoggerMessage(2015, LogLevel.Warning, "{User} ({Peer}) was refused a file: {Reason}{More}")]
    public static partial void FileRefused(ILogger logger, string user, IPEndPoint peer, string reason, string more);
}
