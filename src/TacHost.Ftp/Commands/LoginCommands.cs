using TacHost.Ftp.Files;
using TacHost.Ftp.Sessions;
using TacHost.Services;

namespace TacHost.Ftp.Commands;

/// <summary>The commands for authentication and TLS (RFC 4217).</summary>
internal static class LoginCommands
{
    private const int MaxFailures = 3;

    public static readonly FtpCommand[] All =
    [
        new("USER", "<name>", Needs.Nothing, User),
        new("PASS", "[<password>]", Needs.Nothing, PassAsync),
        new("REIN", "", Needs.Nothing, Reinitialize),
        new("AUTH", "<TLS>", Needs.Nothing, AuthAsync),
        new("PBSZ", "<0>", Needs.Nothing, ProtectionBuffer),
        new("PROT", "<C or P>", Needs.Nothing, Protection),
        new("QUIT", "", Needs.Nothing, (session, _) => session.End(221, "Goodbye.")),
    ];

    private static Reply User(FtpSession session, string name)
    {
        session.LogOut();
        var (server, isProtected) = (session.Server, session.Control.IsProtected);
        var anonymous = server.AllowAnonymous && IsAnonymous(name);
        if (server.Tls is not null && !isProtected && (server.RequireTls || !anonymous))
            return new Reply(530, anonymous ? "AUTH TLS required first." : "Passwords require TLS, use AUTH TLS first.");
        session.UserName = name;
        return new Reply(331, anonymous ? "Anonymous login ok, send any password." : "Password required.");
    }

    private static async Task<Reply?> PassAsync(FtpSession session, string password, CancellationToken cancellationToken)
    {
        if (session.UserName is not { } name)
            return new Reply(503, "Login with USER first.");
        if (session.Root is not null)
            return new Reply(202, "Already logged in.");
        var server = session.Server;
        if (server.AllowAnonymous && IsAnonymous(name))
        {
            session.LogIn(server.Root!, mayWrite: false);
            FtpLog.LoggedIn(session.Logger, session.Peer, name);
            return new Reply(230, "Login successful, with read access.");
        }

        try
        {
            if (server.Users is not null && await server.Users.VerifyAsync(name, password, cancellationToken) is { } user)
                return Welcome(session, user);
        }
        catch (PasswordFileException e)
        {
            FtpLog.PasswordFileUnusable(session.Logger, e, session.Peer, name);
        }

        session.Server.PasswordLines.Write(more => FtpLog.LoginFailed(session.Logger, session.Peer, name, more));
        session.UserName = null;
        return ++session.FailedLogins >= MaxFailures ? session.End(421, "Too many failed logins, closing control connection.") : new Reply(530, "Login incorrect.");
    }

    private static Reply Welcome(FtpSession session, PasswordFileUser user)
    {
        var server = session.Server;
        try
        {
            var root = user.Home is null ? server.Root! : server.Root!.OpenRoot(VirtualPath.Root.Resolve(user.Home));
            session.LogIn(root, server.UsersMayWrite);
        }
        catch (Exception e) when (e is FileRefusedException or FormatException)
        {
            FtpLog.HomeMissing(session.Logger, session.Peer, user.Name, user.Home!);
            return new Reply(530, "Home directory not available.");
        }

        FtpLog.LoggedIn(session.Logger, session.Peer, user.Name);
        return new Reply(230, server.UsersMayWrite ? "Login successful, with read and write access." : "Login successful, with read access.");
    }

    private static Reply Reinitialize(FtpSession session, string argument)
    {
        session.LogOut();
        return new Reply(220, "Ready for new user.");
    }

    private static async Task<Reply?> AuthAsync(FtpSession session, string mechanism, CancellationToken cancellationToken)
    {
        if (session.Server.Tls is not { } tls)
            return new Reply(502, "TLS is not configured.");
        if (mechanism.ToUpperInvariant() is not ("TLS" or "TLS-C"))
            return new Reply(504, "Only AUTH TLS is supported.");
        if (session.Control.IsProtected)
            return new Reply(503, "TLS is already active.");
        session.LogOut();
        await session.ReplyAsync(new Reply(234, "Proceed with the TLS handshake."));
        await session.Control.StartTlsAsync(tls, cancellationToken);
        return null;
    }

    private static Reply ProtectionBuffer(FtpSession session, string size) =>
        session.Control.IsProtected ? new Reply(200, "PBSZ=0") : new Reply(503, "AUTH TLS required first.");

    private static Reply Protection(FtpSession session, string level)
    {
        if (!session.Control.IsProtected)
            return new Reply(503, "AUTH TLS required first.");
        switch (level.ToUpperInvariant())
        {
            case "P":
                session.ProtectsData = true;
                return new Reply(200, "Protection set to private.");
            case "C" when session.Server.RequireTls:
                return new Reply(534, "PROT P is required.");
            case "C":
                session.ProtectsData = false;
                return new Reply(200, "Protection set to clear.");
            case "S" or "E":
                return new Reply(536, "Only PROT C and PROT P are supported.");
            default:
                return new Reply(504, "Only PROT C and PROT P are supported.");
        }
    }

    private static bool IsAnonymous(string name) => name.ToUpperInvariant() is "ANONYMOUS" or "FTP";
}
