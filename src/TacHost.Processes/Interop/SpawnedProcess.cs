using System.Runtime.InteropServices;

namespace TacHost.Processes.Interop;

/// <summary>Starts a program as the leader of its own session, which <c>Process</c> does not support.</summary>
internal static unsafe class SpawnedProcess
{
    /// <summary>The number of the report descriptor in a program started on a socket.</summary>
    public const int ReportDescriptor = 3;

    private const int OpaqueSize = 1024; // more than any C library's posix_spawn types take
    private const int ReadOnly = 0;
    private const int FirstOther = 3;
    private const short SetDefaultSignals = 0x04;
    private const short SetSignalMask = 0x08;
    private const short SetSession = 0x80;

    /// <summary>Starts a program without a terminal, with /dev/null as its input, default signals, and only the three standard descriptors.</summary>
    /// <param name="command">The program and its arguments. A name without a slash is searched in PATH.</param>
    /// <param name="environment">The environment, as <c>NAME=value</c>.</param>
    /// <param name="directory">The working directory, or null for the current one.</param>
    /// <param name="output">The descriptor for standard output.</param>
    /// <param name="errors">The descriptor for standard error.</param>
    /// <param name="report">The descriptor to duplicate to <see cref="ReportDescriptor"/>, or null.</param>
    /// <param name="process">The process ID, which is also the ID of the process group and session.</param>
    /// <returns>0, or an error number.</returns>
    public static int Start(IReadOnlyList<string> command, IReadOnlyCollection<string> environment, string? directory, int output, int errors, int? report, out int process)
    {
        byte* actions = stackalloc byte[OpaqueSize];
        var error = Libc.InitializeFileActions(actions);
        try
        {
            error |= Libc.AddOpen(actions, 0, "/dev/null", ReadOnly, 0) | Libc.AddDuplicate(actions, output, 1) | Libc.AddDuplicate(actions, errors, 2);
            if (report is { } descriptor)
                error |= Libc.AddDuplicate(actions, descriptor, ReportDescriptor);
            error |= CloseOthers(actions, report is null ? FirstOther : ReportDescriptor + 1);
            if (directory is not null)
                error |= Libc.AddChangeDirectory(actions, directory);
            return Spawn(command[0], command, environment, error, actions, out process);
        }
        finally
        {
            _ = Libc.DestroyFileActions(actions);
        }
    }

    /// <summary>
    /// Starts a program with a socket as its standard input, output and error. The program has no
    /// terminal, default signals, and no other descriptors except an optional one for reports.
    /// </summary>
    /// <param name="program">The path of the program.</param>
    /// <param name="arguments">The arguments, starting with argument 0.</param>
    /// <param name="environment">The environment, as <c>NAME=value</c>.</param>
    /// <param name="socket">The descriptor of the socket.</param>
    /// <param name="report">The descriptor to duplicate to <see cref="ReportDescriptor"/>, or null.</param>
    /// <param name="process">The process ID, which is also the ID of the process group and session.</param>
    /// <returns>0, or an error number.</returns>
    public static int StartOnSocket(string program, IReadOnlyList<string> arguments, IReadOnlyCollection<string> environment, int socket, int? report, out int process)
    {
        byte* actions = stackalloc byte[OpaqueSize];
        var error = Libc.InitializeFileActions(actions);
        try
        {
            error |= Libc.AddDuplicate(actions, socket, 0) | Libc.AddDuplicate(actions, socket, 1) | Libc.AddDuplicate(actions, socket, 2);

            // A descriptor duplicated onto itself is kept open (POSIX.1-2024, posix_spawn_file_actions_adddup2).
            if (report is { } descriptor)
                error |= Libc.AddDuplicate(actions, descriptor, ReportDescriptor);
            error |= CloseOthers(actions, report is null ? FirstOther : ReportDescriptor + 1);
            return Spawn(program, arguments, environment, error, actions, out process);
        }
        finally
        {
            _ = Libc.DestroyFileActions(actions);
        }
    }

    /// <summary>Returns the message of an error number.</summary>
    public static string Text(int error) => Marshal.GetPInvokeErrorMessage(error);

    /// <summary>
    /// Closes descriptors that this process inherited, if the C library supports it. Descriptors
    /// that the runtime opens are not inheritable.
    /// </summary>
    private static int CloseOthers(byte* actions, int first)
    {
        try
        {
            return Libc.AddCloseFrom(actions, first);
        }
        catch (EntryPointNotFoundException)
        {
            return 0;
        }
    }

    private static int Spawn(string program, IReadOnlyCollection<string> arguments, IReadOnlyCollection<string> environment, int error, byte* actions, out int process)
    {
        process = 0;
        using CStrings argv = new(arguments), envp = new(environment);
        byte* attributes = stackalloc byte[OpaqueSize], signals = stackalloc byte[OpaqueSize];
        error |= Libc.InitializeSpawnAttributes(attributes);
        try
        {
            error |= Libc.FillSignalSet(signals) | Libc.SetSpawnDefaultSignals(attributes, signals)
                | Libc.EmptySignalSet(signals) | Libc.SetSpawnSignalMask(attributes, signals)
                | Libc.SetSpawnFlags(attributes, SetSession | SetDefaultSignals | SetSignalMask);
            return error != 0 ? error : Libc.SpawnFromPath(out process, program, actions, attributes, argv.Pointer, envp.Pointer);
        }
        finally
        {
            _ = Libc.DestroySpawnAttributes(attributes);
        }
    }
}
