using TacHost.Ftp.Files;
using TacHost.Ftp.Sessions;

namespace TacHost.Ftp.Commands;

/// <summary>The commands that describe the server and its features.</summary>
internal static class InformationCommands
{
    private const int NamesPerLine = 8;

    public static readonly FtpCommand[] All =
    [
        new("NOOP", "", Needs.Nothing, (_, _) => new Reply(200, "NOOP ok.")),
        new("SYST", "", Needs.Nothing, (_, _) => new Reply(215, "UNIX Type: L8")),
        new("FEAT", "", Needs.Nothing, Features),
        new("OPTS", "<UTF8 ON or MLST facts>", Needs.Nothing, Options),
        new("HELP", "[<command>]", Needs.Nothing, Help),
        new("STAT", "[<directory or file>]", Needs.Login, Status),
        new("CLNT", "<name>", Needs.Nothing, (_, _) => new Reply(200, "CLNT ok.")),
        new("SITE", "<command>", Needs.Login, (_, _) => new Reply(504, "SITE commands are not supported.")),
        new("ACCT", "<name>", Needs.Nothing, (_, _) => new Reply(202, "ACCT command ignored.")),
    ];

    private static Reply Features(FtpSession session, string argument) => new(211,
    [
        "Features:",
        .. session.Server.Tls is null ? [] : (string[])["AUTH TLS", "PBSZ", "PROT"],
        "EPRT",
        "EPSV",
        "MDTM",
        "MFMT",
        $"MLST {string.Concat(ListingFormat.AllFacts.Select(fact => session.Facts.Contains(fact) ? $"{fact}*;" : $"{fact};"))}",
        "REST STREAM",
        "SIZE",
        "TVFS",
        "UTF8",
        "End.",
    ]);

    private static Reply Options(FtpSession session, string text)
    {
        var words = text.Split(' ', 2);
        switch (words[0].ToUpperInvariant())
        {
            case "UTF8" or "UTF-8":
                return words.Length == 1 || words[1].Equals("ON", StringComparison.OrdinalIgnoreCase) || words[1].Equals("NLST", StringComparison.OrdinalIgnoreCase)
                    ? new Reply(200, "UTF8 is on.")
                    : new Reply(504, "UTF8 is always on.");
            case "MLST":
                var wanted = words.Length == 1 ? [] : words[1].Split(';');
                session.Facts = [.. ListingFormat.AllFacts.Where(fact => wanted.Contains(fact, StringComparer.OrdinalIgnoreCase))];
                return new Reply(200, $"MLST OPTS {string.Concat(session.Facts.Select(fact => $"{fact};"))}");
            default:
                return new Reply(501, "Only UTF8 and MLST have options.");
        }
    }

    private static Reply Help(FtpSession session, string name)
    {
        if (name.Length == 0)
            return new Reply(214, ["The following commands are recognized:", .. CommandTable.All.Chunk(NamesPerLine).Select(row => string.Join(' ', row.Select(command => $"{command.Name,-4}"))), "HELP <command> shows the syntax."]);
        return CommandTable.Find(name) is { } found ? new Reply(214, $"Syntax: {found.Name} {found.Syntax}".TrimEnd()) : new Reply(502, "Unknown command.");
    }

    private static Reply Status(FtpSession session, string text)
    {
        if (text.Length > 0)
            return new Reply(213, ["Status of the path:", .. ListCommands.Lines(session, text), "End."]);
        return new Reply(211,
        [
            "Status:",
            $"Connected from {session.Peer.Address} as {session.UserName}",
            $"Control connection: {(session.Control.IsProtected ? "TLS" : "plain text")}, data connections: {(session.ProtectsData ? "TLS" : "plain text")}",
            $"TYPE {(session.IsAscii ? "A" : "I")}; STRU F; MODE S",
            session.Transfer is { Completion.IsCompleted: false } transfer ? $"Transfer in progress: {transfer.Count} bytes so far" : "No transfer in progress",
            "End.",
        ]);
    }
}
