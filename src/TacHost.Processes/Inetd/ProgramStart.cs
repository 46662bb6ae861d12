using System.IO.Pipes;
using System.Net.Sockets;
using System.Text;
using TacHost.Native;

namespace TacHost.Processes.Inetd;

/// <summary>The command that starts the program of a service on a socket.</summary>
internal sealed class ProgramStart
{

    private readonly string _program;
    private readonly IReadOnlyList<string> _arguments;
    private readonly Account? _account;
    private readonly bool _isAnother;

    private ProgramStart(string program, IReadOnlyList<string> arguments, Account? account, bool isAnother) =>
        (_program, _arguments, _account, _isAnother) = (program, arguments, account, isAnother);

    /// <summary>Creates a command that runs as the current user.</summary>
    public static ProgramStart AsThisUser(InetdService service, Account? account) => new(service.Program, service.Arguments, account, isAnother: false);

    /// <summary>As another user, by way of <see cref="OtherUserStart.Launcher"/>; null if that is not there.</summary>
    public static ProgramStart? AsAnother(InetdService service, Account account)
    {
        if (!File.Exists(OtherUserStart.Launcher))
            return null;
        var words = OtherUserStart.Words(account, service.Program, service.Arguments);
        return new ProgramStart(OtherUserStart.Launcher, words, account, isAnother: true);
    }

    /// <summary>Starts the program.</summary>
    /// <param name="socket">The socket for standard input, output and error. The caller keeps ownership.</param>
    /// <param name="variables">The environment variables to add to the inherited ones.</param>
    /// <exception cref="IOException">The program cannot be started. The message is the system's reason.</exception>
    public Started On(Socket socket, IEnumerable<KeyValuePair<string, string?>> variables)
    {
        // The program gets a blocking socket, as from inetd, even if Socket made it non-blocking.
        var descriptor = (int)socket.SafeHandle.DangerousGetHandle();
        if (Libc.Fcntl(descriptor, DescriptorCommand.GetStatus, 0) is var flags && (flags & (int)OpenFlags.NonBlocking) != 0)
            _ = Libc.Fcntl(descriptor, DescriptorCommand.SetStatus, flags & ~(int)OpenFlags.NonBlocking);
        var environment = _isAnother
            ? OtherUserStart.Environment(_account!, variables)
            : InheritedEnvironment.With([.. _account?.Variables ?? [], .. variables]);
        var report = _isAnother ? new AnonymousPipeServerStream(PipeDirection.In, HandleInheritability.None) : null;
        int? reportDescriptor = report is null ? null : (int)report.ClientSafePipeHandle.DangerousGetHandle();
        var error = SpawnedProcess.StartOnSocket(_program, _arguments, environment, descriptor, reportDescriptor, out var process);
        report?.DisposeLocalCopyOfClientHandle();
        if (error == 0)
            return new Started(new ProcessGroup(process), report);
        report?.Dispose();
        throw new IOException(ProgramStartError.Text(error, _program));
    }

    /// <summary>A started process, which is the program or will execute it.</summary>
    internal sealed record Started(ProcessGroup Group, Stream? Report)
    {
        /// <summary>Returns the reason why the program could not be executed, or null after it has been executed.</summary>
        public async Task<string?> FailureAsync()
        {
            if (Report is null)
                return null;
            await using (Report)
            {
                using StreamReader reader = new(Report, Encoding.UTF8);
                return await reader.ReadToEndAsync() is { Length: > 0 } reason ? reason : null;
            }
        }
    }
}
