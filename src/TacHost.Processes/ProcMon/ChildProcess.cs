using System.Globalization;
using System.IO.Pipes;
using System.Text;
using TacHost.Native;

namespace TacHost.Processes.ProcMon;

/// <summary>A single run of a command whose output is readable.</summary>
internal sealed class ChildProcess : IDisposable
{
    private ChildProcess(int id, Stream output, Stream errors) => (Group, Output, Errors) = (new ProcessGroup(id), output, errors);

    public ProcessGroup Group { get; }

    public int Id => Group.Id;

    public Stream Output { get; }

    public Stream Errors { get; }

    /// <summary>Starts a command, as its user.</summary>
    /// <exception cref="IOException">The command cannot be started. The message is the reason.</exception>
    /// <exception cref="FormatException">The user, the group or the program does not exist.</exception>
    public static async Task<ChildProcess> StartAsync(ProcessCommand command, string? directory)
    {
        if (command.User is null && command.Group is null)
            return Start(command.Words, InheritedEnvironment.With(command.Environment), directory, null);
        var account = Account.Find(command.User ?? LibcAccounts.GetEuid().ToString(CultureInfo.InvariantCulture), command.Group);
        if ((account.User, account.Group) == (LibcAccounts.GetEuid(), LibcAccounts.GetEgid()))
            return Start(command.Words, InheritedEnvironment.With([.. account.Variables, .. command.Environment]), directory, null);
        if (LibcAccounts.GetEuid() != 0 || LibcAccounts.GetUid() != 0)
            throw new IOException($"it is to run as '{account.Name}', which requires root. Start tachost as root and without --uid and --euid, or leave the user out");
        if (!File.Exists(OtherUserStart.Launcher))
            throw new IOException($"it is to run as '{account.Name}', and only the tachost program can start it so; there is no '{OtherUserStart.Launcher}'. Run it by tachost, and not below --chroot");
        AnonymousPipeServerStream report = new(PipeDirection.In, HandleInheritability.None);
        await using (report)
        {
            var child = Start(OtherUserStart.Words(account, ProgramPath.Find(command.Words[0]), command.Words), OtherUserStart.Environment(account, command.Environment), directory, Descriptor(report));
            report.DisposeLocalCopyOfClientHandle();
            using StreamReader reader = new(report, Encoding.UTF8);
            if (await reader.ReadToEndAsync() is not { Length: > 0 } reason)
                return child;
            await child.Group.Ended;
            child.Dispose();
            throw new IOException(reason);
        }
    }

    private static ChildProcess Start(IReadOnlyList<string> command, IReadOnlyCollection<string> environment, string? directory, int? report)
    {
        AnonymousPipeServerStream? output = null, errors = null;
        try
        {
            output = new AnonymousPipeServerStream(PipeDirection.In, HandleInheritability.None);
            errors = new AnonymousPipeServerStream(PipeDirection.In, HandleInheritability.None);
            var error = SpawnedProcess.Start(command, environment, directory, Descriptor(output), Descriptor(errors), report, out var process);
            if (error != 0)
                throw new IOException(ProgramStartError.Text(error, command[0]));
            output.DisposeLocalCopyOfClientHandle();
            errors.DisposeLocalCopyOfClientHandle();
            return new ChildProcess(process, output, errors);
        }
        catch
        {
            output?.Dispose();
            errors?.Dispose();
            throw;
        }
    }

    public void Dispose()
    {
        Group.Dispose();
        Output.Dispose();
        Errors.Dispose();
    }

    private static int Descriptor(AnonymousPipeServerStream pipe) => (int)pipe.ClientSafePipeHandle.DangerousGetHandle();
}
