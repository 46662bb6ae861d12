using System.IO.Enumeration;
using System.Text;
using TacHost.Ftp.Data;
using TacHost.Ftp.Files;
using TacHost.Ftp.Sessions;

namespace TacHost.Ftp.Commands;

/// <summary>The listing commands: for people (LIST), names only (NLST), and for programs (MLST and MLSD, RFC 3659).</summary>
internal static class ListCommands
{
    /// <summary>The number of entries that are sorted before they are sent. A larger directory is sorted in runs of this size.</summary>
    private const int Run = 4096;

    /// <summary>The maximum number of entries on the control connection.</summary>
    private const int LongestStatus = 1000;

    private const int SendAbove = 32 * 1024;

    public static readonly FtpCommand[] All =
    [
        new("LIST", "[<directory, file or pattern>]", Needs.Login, (session, text) => Send(session, text, named => ListingFormat.Long(named, session.Server.Time.GetUtcNow()))),
        new("NLST", "[<directory, file or pattern>]", Needs.Login, (session, text) => Send(session, text, named => named.Name)),
        new("MLSD", "[<directory>]", Needs.Login, SendFacts),
        new("MLST", "[<file or directory>]", Needs.Login, Facts),
    ];

    public static IEnumerable<string> Lines(FtpSession session, string text) =>
        Find(session, text).Take(LongestStatus).Select(named => ListingFormat.Long(named, session.Server.Time.GetUtcNow()));

    private static Reply? Send(FtpSession session, string text, Func<DirectoryEntry, string> format) =>
        session.Unprepared is { } refusal ? refusal : Begin(session, Find(session, text).Select(format));

    private static Reply? SendFacts(FtpSession session, string text)
    {
        if (session.Unprepared is { } refusal)
            return refusal;
        var path = session.Directory.Resolve(text);
        var entries = Ordered(session.Root!.Entries(path));
        var here = ListingFormat.Facts(".", session.Root.StatusOf(path), "cdir", session.Facts, session.MayWrite);
        return Begin(session, entries.Select(entry => ListingFormat.Facts(entry.Name, entry.Status, null, session.Facts, session.MayWrite)).Prepend(here));
    }

    private static Reply Facts(FtpSession session, string text)
    {
        var path = session.Directory.Resolve(text);
        return new Reply(250, "Listing:", ListingFormat.Facts(path.ToString(), session.Root!.StatusOf(path), null, session.Facts, session.MayWrite), "End.");
    }

    private static Reply? Begin(FtpSession session, IEnumerable<string> lines)
    {
        session.Begin("Opening data connection for the directory listing.", data => SendAsync(lines, data));
        return null;
    }

    private static async Task<string> SendAsync(IEnumerable<string> lines, TransferStream data)
    {
        StringBuilder text = new();
        foreach (var line in lines)
        {
            text.Append(line).Append("\r\n");
            if (text.Length > SendAbove)
            {
                await data.WriteAsync(Encoding.UTF8.GetBytes(text.ToString()));
                text.Clear();
            }
        }

        await data.WriteAsync(Encoding.UTF8.GetBytes(text.ToString()));
        await data.FinishAsync();
        return "";
    }

    /// <summary>
    /// Returns the entries for the argument of LIST or NLST: a directory, a file, or a pattern in the last part
    /// of the path. Options as in ls(1) may precede it, but only -a has an effect.
    /// </summary>
    /// <exception cref="FileRefusedException">The file or directory does not exist. Thrown before the enumeration.</exception>
    private static IEnumerable<DirectoryEntry> Find(FtpSession session, string text)
    {
        var all = false;
        while (text.StartsWith('-'))
        {
            var blank = text.IndexOf(' ', StringComparison.Ordinal);
            all |= text.AsSpan(0, blank < 0 ? text.Length : blank).Contains('a');
            text = blank < 0 ? "" : text[(blank + 1)..];
        }

        var path = session.Directory.Resolve(text);
        if (path.Name.AsSpan().ContainsAny('*', '?'))
        {
            var directory = text[..(text.LastIndexOf('/') + 1)];
            return Ordered(session.Root!.Entries(path.Parent))
                .Where(entry => (all || path.Name[0] == '.' || entry.Name[0] != '.') && FileSystemName.MatchesSimpleExpression(path.Name, entry.Name, ignoreCase: false))
                .Select(entry => entry with { Name = directory + entry.Name });
        }

        var status = session.Root!.StatusOf(path);
        return status.IsDirectory
            ? Ordered(session.Root.Entries(path)).Where(entry => all || entry.Name[0] != '.')
            : [new DirectoryEntry(text, status)];
    }

    private static IEnumerable<DirectoryEntry> Ordered(IEnumerable<DirectoryEntry> entries) =>
        entries.Chunk(Run).SelectMany(run => run.OrderBy(entry => entry.Name, StringComparer.Ordinal));
}
