using System.Globalization;
using TacHost.Ftp.Files;
using TacHost.Ftp.Sessions;
using TacHost.Native;

namespace TacHost.Ftp.Commands;

/// <summary>The commands for files, except transfers.</summary>
internal static class FileCommands
{
    public static readonly FtpCommand[] All =
    [
        new("SIZE", "<file>", Needs.Login, Size),
        new("MDTM", "<file>", Needs.Login, (session, text) => new Reply(213, ListingFormat.Time(StatusOf(session, text).Modified))),
        new("MFMT", "<YYYYMMDDhhmmss> <file>", Needs.WriteAccess, SetModified),
        new("DELE", "<file>", Needs.WriteAccess, Delete),
        new("RNFR", "<file or directory>", Needs.WriteAccess, RenameFrom),
        new("RNTO", "<new name>", Needs.WriteAccess, RenameTo),
    ];

    private static Reply Size(FtpSession session, string text)
    {
        // The size is that of the transferred data (RFC 3659, section 4), which depends on the line ends in TYPE A.
        if (session.IsAscii)
            return new Reply(550, "SIZE is only supported in type I.");
        var status = StatusOf(session, text);
        return status.IsRegularFile ? new Reply(213, status.Size.ToString(CultureInfo.InvariantCulture)) : throw new FileRefusedException(Errno.IsADirectory);
    }

    private static Reply SetModified(FtpSession session, string text)
    {
        var blank = text.IndexOf(' ', StringComparison.Ordinal);
        if (blank < 0 || !ListingFormat.TryParseTime(text[..blank], out var time))
            return new Reply(501, "Syntax: MFMT YYYYMMDDhhmmss file");
        var path = session.Directory.Resolve(text[(blank + 1)..]);
        session.Root!.SetModified(path, time);
        return new Reply(213, $"Modify={ListingFormat.Time(time)}; {path}");
    }

    private static Reply Delete(FtpSession session, string text)
    {
        var path = session.Directory.Resolve(text);
        session.Root!.Delete(path);
        FtpLog.Changed(session.Logger, session.UserName!, session.Peer, $"deleted {path}");
        return Reply.Done;
    }

    private static Reply RenameFrom(FtpSession session, string text)
    {
        var path = session.Directory.Resolve(text);
        _ = session.Root!.StatusOf(path);
        session.RenameFrom = path;
        return new Reply(350, "File exists, ready for destination name.");
    }

    private static Reply RenameTo(FtpSession session, string text)
    {
        if (session.RenameFrom is not { } from)
            return new Reply(503, "RNFR required first.");
        session.RenameFrom = null;
        var to = session.Directory.Resolve(text);
        session.Root!.Rename(from, to);
        FtpLog.Changed(session.Logger, session.UserName!, session.Peer, $"renamed {from} to {to}");
        return Reply.Done;
    }

    private static FileStatus StatusOf(FtpSession session, string text) => session.Root!.StatusOf(session.Directory.Resolve(text));
}
