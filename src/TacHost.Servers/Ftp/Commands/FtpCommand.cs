using TacHost.Servers.Ftp.Sessions;

namespace TacHost.Servers.Ftp.Commands;

/// <summary>One command: what it is called, what it takes, who may use it, and what it does.</summary>
/// <param name="Name">In capitals.</param>
/// <param name="Syntax">What follows the name; in angle brackets if it must be there.</param>
/// <param name="Needs">Who may use it.</param>
/// <param name="RunAsync">Does it. A null in place of a reply means that the replies are sent already, or will be by a transfer.</param>
internal sealed record FtpCommand(string Name, string Syntax, Needs Needs, Func<FtpSession, string, CancellationToken, Task<Reply?>> RunAsync)
{
    /// <summary>A command that is done at once.</summary>
    public FtpCommand(string name, string syntax, Needs needs, Func<FtpSession, string, Reply?> run)
        : this(name, syntax, needs, (session, argument, _) => Task.FromResult(run(session, argument)))
    {
    }

    public bool NeedsArgument => Syntax.StartsWith('<');
}

/// <summary>What a client needs for a command.</summary>
internal enum Needs
{
    Nothing,
    Login,
    WriteAccess,
}
