using System.Globalization;
using Microsoft.Win32.SafeHandles;
using TacHost.Ftp.Data;
using TacHost.Ftp.Files;
using TacHost.Ftp.Sessions;
using TacHost.Native;

namespace TacHost.Ftp.Commands;

/// <summary>The commands that transfer files, and those that set up transfers.</summary>
internal static class TransferCommands
{
    private const int UniqueNameAttempts = 10;

    public static readonly FtpCommand[] All =
    [
        new("RETR", "<file>", Needs.Login, Retrieve),
        new("STOR", "<file>", Needs.WriteAccess, Store),
        new("APPE", "<file>", Needs.WriteAccess, Append),
        new("STOU", "[<file>]", Needs.WriteAccess, StoreUnique),
        new("REST", "<position>", Needs.Login, Restart),
        new("ABOR", "", Needs.Login, AbortAsync),
        new("ALLO", "<size>", Needs.Login, (_, _) => new Reply(202, "ALLO command ignored.")),
        new("TYPE", "<A or I>", Needs.Login, Type),
        new("MODE", "<S>", Needs.Login, (_, mode) => Only("S", mode, "Only stream mode is supported.")),
        new("STRU", "<F>", Needs.Login, (_, structure) => Only("F", structure, "Only file structure is supported.")),
    ];

    private static Reply? Retrieve(FtpSession session, string text)
    {
        if (session.Unprepared is { } refusal)
            return refusal;
        var (path, start, ascii) = (session.Directory.Resolve(text), session.RestartAt, session.IsAscii);
        if (start > 0 && ascii)
            return BinaryOnly();
        var file = session.Root!.OpenFile(path, OpenFlags.ReadOnly);
        var size = RootedDirectory.StatusOf(file).Size;
        if (start > size)
        {
            file.Dispose();
            return BeyondTheEnd(session);
        }

        session.Begin($"Opening data connection for {path} ({size - start} bytes).", Moved($"sent {path}", data => FileContent.SendAsync(file, start, ascii, data)), file.Dispose);
        return null;
    }

    private static Reply? Store(FtpSession session, string text)
    {
        if (session.Unprepared is { } refusal)
            return refusal;
        var (path, start) = (session.Directory.Resolve(text), session.RestartAt);
        if (start > 0 && session.IsAscii)
            return BinaryOnly();
        var file = session.Root!.OpenFile(path, OpenFlags.WriteOnly | OpenFlags.Create);
        if (start > RootedDirectory.StatusOf(file).Size)
        {
            file.Dispose();
            return BeyondTheEnd(session);
        }

        Receive(session, path, file, start, $"Opening data connection for {path}.");
        return null;
    }

    private static Reply? Append(FtpSession session, string text)
    {
        if (session.Unprepared is { } refusal)
            return refusal;
        var path = session.Directory.Resolve(text);
        var file = session.Root!.OpenFile(path, OpenFlags.WriteOnly | OpenFlags.Create | OpenFlags.Append);
        Receive(session, path, file, null, $"Opening data connection to append to {path}.");
        return null;
    }

    private static Reply? StoreUnique(FtpSession session, string text)
    {
        if (session.Unprepared is { } refusal)
            return refusal;
        for (var attempt = 1; ; attempt++)
        {
            var path = session.Directory.Resolve($"{(text.Length == 0 ? "upload" : text)}.{Random.Shared.GetHexString(8, lowercase: true)}");
            try
            {
                // The format of this reply is defined in RFC 1123, section 4.1.2.9.
                Receive(session, path, session.Root!.OpenFile(path, OpenFlags.WriteOnly | OpenFlags.Create | OpenFlags.Exclusive), 0, $"FILE: {path.Name}");
                return null;
            }
            catch (FileRefusedException e) when (e.Error == Errno.Exists && attempt < UniqueNameAttempts)
            {
                // Retry with another name.
            }
        }
    }

    /// <summary>
    /// Receives a file. Truncates the old content only after the data connection is open. After a failure, received data stays, so that the client can resume.
    /// </summary>
    private static void Receive(FtpSession session, VirtualPath path, SafeFileHandle file, long? start, string announcement)
    {
        var ascii = session.IsAscii;
        session.Begin(announcement, Moved($"received {path}", data => FileContent.ReceiveAsync(file, start, ascii, data)), file.Dispose);
    }

    private static Func<TransferStream, Task<string>> Moved(string what, Func<TransferStream, Task> moveAsync) => async data =>
    {
        await moveAsync(data);
        return what;
    };

    private static Reply Restart(FtpSession session, string text)
    {
        if (!long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var position))
            return new Reply(501, "Syntax: REST position");
        session.RestartAt = position;
        return new Reply(350, $"Restart position accepted ({position}).");
    }

    private static async Task<Reply?> AbortAsync(FtpSession session, string argument, CancellationToken cancellationToken)
    {
        session.ReplaceChannel(null);
        if (session.Transfer is not { } transfer)
            return Reply.NoTransfer;
        transfer.Abort();
        await transfer.Completion;
        return new Reply(226, "ABOR command successful.");
    }

    private static Reply Type(FtpSession session, string type)
    {
        switch (type.ToUpperInvariant())
        {
            case "A" or "A N":
                session.IsAscii = true;
                return new Reply(200, "Type set to A.");
            case "I" or "L 8" or "L8":
                session.IsAscii = false;
                return new Reply(200, "Type set to I.");
            default:
                return new Reply(504, "Only types A and I are supported.");
        }
    }

    private static Reply Only(string known, string wanted, string text) => new(wanted.Equals(known, StringComparison.OrdinalIgnoreCase) ? 200 : 504, text);

    private static Reply BinaryOnly() => new(504, "REST is only supported in type I.");

    private static Reply BeyondTheEnd(FtpSession session)
    {
        session.RestartAt = 0;
        return new Reply(554, "Restart position is beyond the end of the file.");
    }
}
