using System.Globalization;
using System.IO.Pipes;
using System.Net.Sockets;
using System.Text;
using TacHost.Servers.Interop;
using TacHost.Servers.Processes;

namespace TacHost.Servers.Inetd;

/// <summary>How the program of a service is started on a socket.</summary>
internal sealed class ProgramStart
{
    /// <summary>The runtime of the step in between leaves files in the temporary directory unless told not to.</summary>
    private const string DiagnosticsVariable = "DOTNET_EnableDiagnostics";

    /// <summary>Where that runtime is, if the host had to be told.</summary>
    private static readonly string[] _runtimeVariables = ["DOTNET_ROOT", "DOTNET_ROOT_X64", "DOTNET_ROOT_ARM64"];

    private const int GetStatusFlags = 3;
    private const int SetStatusFlags = 4;
    private const int NonBlocking = 0x800;

    private readonly string _program;
    private readonly IReadOnlyList<string> _arguments;
    private readonly Account? _account;
    private readonly bool _isAnother;

    private ProgramStart(string program, IReadOnlyList<string> arguments, Account? account, bool isAnother) =>
        (_program, _arguments, _account, _isAnother) = (program, arguments, account, isAnother);

    /// <summary>The host's program, which becomes another user and then the program (docs/adr/0009).</summary>
    public static string Launcher { get; } = Path.Combine(AppContext.BaseDirectory, "tachost");

    /// <summary>As the user that this process is.</summary>
    public static ProgramStart AsThisUser(InetdService service, Account? account) => new(service.Program, service.Arguments, account, isAnother: false);

    /// <summary>As another user, by way of <see cref="Launcher"/>; null if that is not there.</summary>
    public static ProgramStart? AsAnother(InetdService service, Account account)
    {
        if (!File.Exists(Launcher))
            return null;
        string[] words =
        [
            Launcher, "--exec-as", Text(account.User), Text(account.Group), string.Join(',', account.Groups.Select(Text)), Text(SpawnedProcess.ReportDescriptor),
            string.Join(',', StepVariables().Select(variable => variable.Key)), service.Program, .. service.Arguments,
        ];
        return new ProgramStart(Launcher, words, account, isAnother: true);
    }

    /// <summary>Starts the program.</summary>
    /// <param name="socket">Its standard input, output and error. Left open here.</param>
    /// <param name="variables">What it is told, on top of this process's environment.</param>
    /// <exception cref="IOException">It cannot be started; the message is the system's reason.</exception>
    public Started On(Socket socket, IEnumerable<KeyValuePair<string, string?>> variables)
    {
        // As inetd hands them over, whatever .NET has done with it.
        var descriptor = (int)socket.SafeHandle.DangerousGetHandle();
        if (Libc.ControlDescriptor(descriptor, GetStatusFlags, 0) is var flags && (flags & NonBlocking) != 0)
            _ = Libc.ControlDescriptor(descriptor, SetStatusFlags, flags & ~NonBlocking);
        var environment = _isAnother
            ? InheritedEnvironment.OfAnotherUserWith([.. _account!.Variables, .. variables, .. StepVariables()])
            : InheritedEnvironment.With([.. _account?.Variables ?? [], .. variables]);
        var report = _isAnother ? new AnonymousPipeServerStream(PipeDirection.In, HandleInheritability.None) : null;
        int? reportDescriptor = report is null ? null : (int)report.ClientSafePipeHandle.DangerousGetHandle();
        var error = SpawnedProcess.StartOnSocket(_program, _arguments, environment, descriptor, reportDescriptor, out var process);
        report?.DisposeLocalCopyOfClientHandle();
        if (error == 0)
            return new Started(new ProcessGroup(process), report);
        report?.Dispose();
        throw new IOException(SpawnedProcess.Text(error));
    }

    /// <summary>What only the step in between is to see.</summary>
    private static IEnumerable<KeyValuePair<string, string?>> StepVariables() =>
        _runtimeVariables.Select(name => new KeyValuePair<string, string?>(name, Environment.GetEnvironmentVariable(name))).Prepend(new(DiagnosticsVariable, "0"));

    private static string Text(uint number) => number.ToString(CultureInfo.InvariantCulture);

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);

    /// <summary>A process that is, or is about to become, the program.</summary>
    internal sealed record Started(ProcessGroup Group, Stream? Report)
    {
        /// <summary>Why it did not become the program, or null once it has.</summary>
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
