using TacHost.Ftp.Files;
using TacHost.Ftp.Sessions;
using TacHost.Native;

namespace TacHost.Ftp.Commands;

/// <summary>The commands for the working directory, and for creating and removing directories.</summary>
internal static class DirectoryCommands
{
    public static readonly FtpCommand[] All =
    [
        new("CWD", "<directory>", Needs.Login, Enter),
        new("XCWD", "<directory>", Needs.Login, Enter),
        new("CDUP", "", Needs.Login, (session, _) => Enter(session, "..")),
        new("XCUP", "", Needs.Login, (session, _) => Enter(session, "..")),
        new("PWD", "", Needs.Login, (session, _) => new Reply(257, $"{Quoted(session.Directory)} is the current directory.")),
        new("XPWD", "", Needs.Login, (session, _) => new Reply(257, $"{Quoted(session.Directory)} is the current directory.")),
        new("MKD", "<directory>", Needs.WriteAccess, Make),
        new("XMKD", "<directory>", Needs.WriteAccess, Make),
        new("RMD", "<directory>", Needs.WriteAccess, Remove),
        new("XRMD", "<directory>", Needs.WriteAccess, Remove),
    ];

    private static Reply Enter(FtpSession session, string text)
    {
        var path = session.Directory.Resolve(text);
        if (!session.Root!.StatusOf(path).IsDirectory)
            throw new FileRefusedException(Errno.NotADirectory);
        session.Directory = path;
        return new Reply(250, $"Directory changed to {path}");
    }

    private static Reply Make(FtpSession session, string text)
    {
        var path = session.Directory.Resolve(text);
        session.Root!.MakeDirectory(path);
        FtpLog.Changed(session.Logger, session.UserName!, session.Peer, $"made the directory {path}");
        return new Reply(257, $"{Quoted(path)} created.");
    }

    private static Reply Remove(FtpSession session, string text)
    {
        var path = session.Directory.Resolve(text);
        session.Root!.RemoveDirectory(path);
        FtpLog.Changed(session.Logger, session.UserName!, session.Peer, $"removed the directory {path}");
        return Reply.Done;
    }

    /// <summary>Quotes a path. A quotation mark in the path is doubled (RFC 959, appendix II).</summary>
    private static string Quoted(VirtualPath path) => $"\"{path.ToString().Replace("\"", "\"\"", StringComparison.Ordinal)}\"";
}
