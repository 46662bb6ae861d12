using Microsoft.Win32.SafeHandles;
using TacHost.Interop;

namespace TacHost.Daemon;

/// <summary>Starts this same program again: as a daemon beside this process, or in place of it.</summary>
/// <remarks>.NET cannot fork: only one of its threads would survive. posix_spawn(3) and execve(2) start afresh.</remarks>
internal static unsafe class SelfExecution
{
    private const int OpaqueSize = 1024; // more than any C library's posix_spawn types take
    private const short SetDefaultSignals = 0x04;
    private const short SetSignalMask = 0x08;
    private const short SetSession = 0x80;

    /// <summary>This program; .NET does not tell once the file has been deleted.</summary>
    private static string Executable { get; } = Environment.ProcessPath ?? Path.Combine(AppContext.BaseDirectory, "tachost");

    /// <summary>The words before the arguments: more than the program itself if it runs as <c>dotnet tachost.dll</c>, as a local .NET tool does.</summary>
    private static string[] Program { get; } = Executable.EndsWith("/dotnet", StringComparison.Ordinal) ? [Executable, Path.Combine(AppContext.BaseDirectory, "tachost.dll")] : [Executable];

    /// <summary>Starts a daemon: a session of its own, no terminal, standard streams on /dev/null, default signals, no descriptors but those given and the sockets of systemd.</summary>
    /// <returns>Its process id.</returns>
    public static int Spawn(IReadOnlyList<string> arguments, params ReadOnlySpan<SafeFileHandle> inherited)
    {
        CloseOthersOnExecute();
        var numbers = Numbers(inherited);
        using var argv = new CStrings([.. Program, .. arguments]);
        using var environment = new CStrings(Handover.EnvironmentWith(numbers));
        byte* actions = stackalloc byte[OpaqueSize], attributes = stackalloc byte[OpaqueSize], signals = stackalloc byte[OpaqueSize];
        var error = Libc.InitializeFileActions(actions) | Libc.InitializeSpawnAttributes(attributes);
        try
        {
            error |= Libc.AddOpen(actions, 0, "/dev/null", OpenFlags.ReadOnly, 0)
                | Libc.AddOpen(actions, 1, "/dev/null", OpenFlags.ReadWrite, 0)
                | Libc.AddDuplicate(actions, 1, 2);

            // A descriptor duplicated onto itself is kept open (POSIX.1-2024, posix_spawn_file_actions_adddup2).
            foreach (var number in numbers)
                error |= Libc.AddDuplicate(actions, number, number);
            error |= Libc.FillSignalSet(signals) | Libc.SetSpawnDefaultSignals(attributes, signals)
                | Libc.EmptySignalSet(signals) | Libc.SetSpawnSignalMask(attributes, signals)
                | Libc.SetSpawnFlags(attributes, SetSession | SetDefaultSignals | SetSignalMask);
            var process = 0;
            if (error == 0)
                error = Libc.Spawn(out process, Executable, actions, attributes, argv.Pointer, environment.Pointer);
            return error == 0
                ? process
                : throw new TacHostException(ExitCode.OperatingSystem, $"cannot start the daemon process '{Executable}': {Reason(error)}.");
        }
        finally
        {
            _ = Libc.DestroyFileActions(actions) | Libc.DestroySpawnAttributes(attributes);
        }
    }

    /// <summary>Goes on as a fresh process under the same id. Returns only if that failed, which costs no more than memory.</summary>
    public static void Replace(IReadOnlyList<string> arguments, SafeFileHandle inherited)
    {
        var numbers = Numbers(inherited);
        using var argv = new CStrings([.. Program, .. arguments]);
        using var environment = new CStrings(Handover.EnvironmentWith(numbers));
        Libc.ControlDescriptor(numbers[0], DescriptorCommand.SetFlags, 0);
        Libc.Execute(Executable, argv.Pointer, environment.Pointer);
    }

    private static string Reason(int error) => error switch
    {
        Errno.NoSuchFile when !File.Exists("/dev/null") => "there is no '/dev/null', which its standard streams lead to. Mount /dev, or make the device: mknod -m 666 /dev/null c 1 3",
        Errno.TryAgain => "the limit of processes is reached (ulimit -u, systemd's TasksMax=, a container's pids). Raise it",
        _ => Errno.Text(error),
    };

    /// <summary>Keeps a daemon from holding whatever the shell had open, such as the pipe of a test that waits for its end.</summary>
    private static void CloseOthersOnExecute()
    {
        const int closeOnExec = 1;
        var first = SocketActivation.FirstDescriptor + SocketActivation.Count;
        foreach (var entry in Directory.EnumerateFileSystemEntries("/proc/self/fd"))
        {
            if (int.TryParse(Path.GetFileName(entry), out var descriptor) && descriptor >= first)
                Libc.ControlDescriptor(descriptor, DescriptorCommand.SetFlags, closeOnExec);
        }
    }

    private static int[] Numbers(params ReadOnlySpan<SafeFileHandle> handles)
    {
        var numbers = new int[handles.Length];
        for (var i = 0; i < handles.Length; i++)
            numbers[i] = (int)handles[i].DangerousGetHandle();
        return numbers;
    }
}
