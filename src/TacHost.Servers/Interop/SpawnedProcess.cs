using System.Runtime.InteropServices;

namespace TacHost.Servers.Interop;

/// <summary>Starts a program as the leader of a session of its own, which .NET's Process cannot.</summary>
internal static unsafe class SpawnedProcess
{
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
    /// <param name="process">Its process id, which is also that of its process group and session.</param>
    /// <returns>0, or an error number.</returns>
    public static int Start(IReadOnlyList<string> command, IReadOnlyCollection<string> environment, string? directory, int output, int errors, out int process)
    {
        process = 0;
        using CStrings argv = new(command), envp = new(environment);
        byte* actions = stackalloc byte[OpaqueSize], attributes = stackalloc byte[OpaqueSize], signals = stackalloc byte[OpaqueSize];
        var error = Libc.InitializeFileActions(actions) | Libc.InitializeSpawnAttributes(attributes);
        try
        {
            error |= Libc.AddOpen(actions, 0, "/dev/null", ReadOnly, 0) | Libc.AddDuplicate(actions, output, 1) | Libc.AddDuplicate(actions, errors, 2) | CloseOthers(actions);
            if (directory is not null)
                error |= Libc.AddChangeDirectory(actions, directory);
            error |= Libc.FillSignalSet(signals) | Libc.SetSpawnDefaultSignals(attributes, signals)
                | Libc.EmptySignalSet(signals) | Libc.SetSpawnSignalMask(attributes, signals)
                | Libc.SetSpawnFlags(attributes, SetSession | SetDefaultSignals | SetSignalMask);
            return error != 0 ? error : Libc.SpawnFromPath(out process, command[0], actions, attributes, argv.Pointer, envp.Pointer);
        }
        finally
        {
            _ = Libc.DestroyFileActions(actions) | Libc.DestroySpawnAttributes(attributes);
        }
    }

    /// <summary>What an error number means.</summary>
    public static string Text(int error) => Marshal.GetPInvokeErrorMessage(error);

    /// <summary>.NET opens nothing that a child inherits; this is for what this process was itself given, where the C library can do it.</summary>
    private static int CloseOthers(byte* actions)
    {
        try
        {
            return Libc.AddCloseFrom(actions, FirstOther);
        }
        catch (EntryPointNotFoundException)
        {
            return 0;
        }
    }
}
