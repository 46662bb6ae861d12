using TacHost.Ftp.Sessions;

namespace TacHost.Ftp.Commands;

/// <summary>An FTP command: its name, syntax, required access and implementation.</summary>
/// <param name="Name">The name, in capitals.</param>
/// <param name="Syntax">The syntax of the argument, in angle brackets if the argument is required.</param>
/// <param name="Needs">The required access.</param>
/// <param name="RunAsync">The implementation. Returns null instead of a reply if the replies have been sent or a transfer will send them.</param>
internal sealed record FtpCommand(string Name, string Syntax, Needs Needs, Func<FtpSession, string, CancellationToken, Task<Reply?>> RunAsync)
{
    public FtpCommand(string name, string syntax, Needs needs, Func<FtpSession, string, Reply?> run)
        : this(name, syntax, needs, (session, argument, _) => Task.FromResult(run(session, argument)))
    {
    }

    public bool NeedsArgument => Syntax.StartsWith('<');
}

/// <summary>The access that a command requires.</summary>
internal enum Needs
{
    Nothing,
    Login,
    WriteAccess,
}
