using System.Collections.Frozen;
using TacHost.Interop;
using TacHost.Servers.Ftp.Files;
using TacHost.Servers.Ftp.Sessions;

namespace TacHost.Servers.Ftp.Commands;

/// <summary>All commands, and how a line becomes one of them.</summary>
internal static class CommandTable
{
    private static readonly FrozenDictionary<string, FtpCommand> _commands =
        ((FtpCommand[])[.. LoginCommands.All, .. DirectoryCommands.All, .. FileCommands.All, .. DataCommands.All, .. TransferCommands.All, .. ListCommands.All, .. InformationCommands.All])
        .ToFrozenDictionary(command => command.Name, StringComparer.OrdinalIgnoreCase);

    /// <summary>The names and what follows them, in order.</summary>
    public static IEnumerable<FtpCommand> All => _commands.Values.OrderBy(command => command.Name, StringComparer.Ordinal);

    /// <summary>Whether a line is for the transfer that is going on, and so does not wait for its end.</summary>
    public static bool IsForTransfers(string line) => Split(line).Name.ToUpperInvariant() is "ABOR" or "STAT";

    /// <summary>Does what a line says.</summary>
    /// <returns>The reply, unless it was sent already or a transfer will send it.</returns>
    public static async Task<Reply?> ExecuteAsync(FtpSession session, string line, CancellationToken cancellationToken)
    {
        if (line.Length == 0)
            return new Reply(501, "Commands and names are in UTF-8.");
        var (name, argument) = Split(line);
        if (!_commands.TryGetValue(name, out var command))
            return new Reply(500, "There is no such command. HELP lists those there are.");
        if (command.Needs != Needs.Nothing && session.Root is null)
            return new Reply(530, "Log in with USER and PASS first.");
        if (command.Needs == Needs.WriteAccess && !session.MayWrite)
            return new Reply(550, "You may only read here.");
        if (command.NeedsArgument && argument.Length == 0)
            return new Reply(501, $"The form is: {command.Name} {command.Syntax}");
        try
        {
            return await command.RunAsync(session, argument, cancellationToken);
        }
        catch (FileRefusedException e)
        {
            if (e.Warning is { } reason)
                session.Server.RefusalLines.Write(more => FtpLog.FileRefused(session.Logger, session.UserName ?? "", session.Peer, reason, more));
            return new Reply(e.Error is Errno.NoSpace or Errno.QuotaExceeded ? 452 : 550, e.Message);
        }
        catch (FormatException e)
        {
            return new Reply(501, e.Message);
        }
    }

    public static FtpCommand? Find(string name) => _commands.GetValueOrDefault(name);

    /// <summary>A name may begin or end with blanks, so only one is taken away.</summary>
    private static (string Name, string Argument) Split(string line)
    {
        var blank = line.IndexOf(' ', StringComparison.Ordinal);
        return blank < 0 ? (line, "") : (line[..blank], line[(blank + 1)..]);
    }
}
