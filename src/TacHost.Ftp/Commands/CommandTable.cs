using System.Collections.Frozen;
using TacHost.Ftp.Files;
using TacHost.Ftp.Sessions;
using TacHost.Native;

namespace TacHost.Ftp.Commands;

/// <summary>The table of all FTP commands, and the dispatcher of command lines.</summary>
internal static class CommandTable
{
    private static readonly FrozenDictionary<string, FtpCommand> _commands =
        ((FtpCommand[])[.. LoginCommands.All, .. DirectoryCommands.All, .. FileCommands.All, .. DataCommands.All, .. TransferCommands.All, .. ListCommands.All, .. InformationCommands.All])
        .ToFrozenDictionary(command => command.Name, StringComparer.OrdinalIgnoreCase);

    /// <summary>Gets all commands in the order of their names.</summary>
    public static IEnumerable<FtpCommand> All => _commands.Values.OrderBy(command => command.Name, StringComparer.Ordinal);

    /// <summary>Returns true if a command applies to the running transfer, and must therefore be executed before the transfer ends.</summary>
    public static bool IsForTransfers(string line) => Split(line).Name.ToUpperInvariant() is "ABOR" or "STAT";

    /// <summary>Executes a command line.</summary>
    /// <returns>The reply, or null if it has been sent or the transfer will send it.</returns>
    public static async Task<Reply?> ExecuteAsync(FtpSession session, string line, CancellationToken cancellationToken)
    {
        if (line.Length == 0)
            return new Reply(501, "Command is not valid UTF-8.");
        var (name, argument) = Split(line);
        if (!_commands.TryGetValue(name, out var command))
            return new Reply(500, "Unknown command. HELP lists the commands.");
        if (command.Needs != Needs.Nothing && session.Root is null)
            return new Reply(530, "Please login with USER and PASS.");
        if (command.Needs == Needs.WriteAccess && !session.MayWrite)
            return new Reply(550, "Permission denied: access is read-only.");
        if (command.NeedsArgument && argument.Length == 0)
            return new Reply(501, $"Syntax: {command.Name} {command.Syntax}");
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

    /// <summary>Splits a line at the first blank. Further blanks belong to the argument, because file names may begin or end with blanks.</summary>
    private static (string Name, string Argument) Split(string line)
    {
        var blank = line.IndexOf(' ', StringComparison.Ordinal);
        return blank < 0 ? (line, "") : (line[..blank], line[(blank + 1)..]);
    }
}
