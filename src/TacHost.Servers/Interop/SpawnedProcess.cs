using System.Runtime.InteropServices;

namespace TacHost.Servers.Interop;

/// <summary>Starts a program as the leader of a session of its own, which .NET's Process cannot.</summary>
internal static unsafe class SpawnedProcess
{
    /// <summary>Where a program that was started on a socket finds the descriptor for reports.</summary>
    public const int ReportDescriptor = 3;

    private const int OpaqueSize = 1024; // more than any C library's posix_spawn types take
    private const int ReadOnly = 0;
    private const int FirstOther = 3;
    private const short SetDefaultSignals = 0x04;
    private const short SetSignalMask = 0x08;
    private const short SetSession = 0x80;

    /// <summary>Starts a program: no terminal, nothing to read, default signals, no descriptors but its three.</summary>
    /// <param name="command">The program, looked for in PATH if its name has no slash, and its arguments.</param>
    /// <param name="environment">Its environment, as <c>NAME=value</c>.</param>
    /// <param name="directory">Where it runs, or null for here.</param>
    /// <param name="output">The descriptor of its standard output.</param>
    /// <param name="errors">The descriptor of its standard error.</param>
    /// <param name="report">The descriptor that is its <see cref="ReportDescriptor"/>, or null for none.</param>
    /// <param name="process">Its process id, which is also that of its process group and session.</param>
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

    /// <summary>Starts a program with a socket as its standard input, output and error: no terminal, default signals, no other descriptors but one for reports, if there is one.</summary>
    /// <param name="program">The program, by its path.</param>
    /// <param name="arguments">Its arguments, of which the first is what it is called.</param>
    /// <param name="environment">Its environment, as <c>NAME=value</c>.</param>
    /// <param name="socket">The descriptor of the socket.</param>
    /// <param name="report">The descriptor that is its <see cref="ReportDescriptor"/>, or null for none.</param>
    /// <param name="process">Its process id, which is also that of its process group and session.</param>
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

    /// <summary>What an error number means.</summary>
    public static string Text(int error) => Marshal.GetPInvokeErrorMessage(error);

    /// <summary>.NET opens nothing that a child inherits; this is for what this process was itself given, where the C library can do it.</summary>
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
