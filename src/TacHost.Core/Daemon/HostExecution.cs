using Microsoft.Win32.SafeHandles;
using TacHost.Loading;
using TacHost.Native;

namespace TacHost.Daemon;

/// <summary>Starts the host: as a daemon, or in the foreground by replacing this process.</summary>
/// <remarks>.NET cannot fork: only one of its threads would survive. posix_spawn(3) and execve(2) start afresh. The host is given the name of this program, which ps(1) shows.</remarks>
internal static unsafe class HostExecution
{
    /// <summary>Starts a daemon: a session of its own, no terminal, standard streams on /dev/null, default signals, no descriptors but those given and the sockets of systemd.</summary>
    /// <returns>Its process id.</returns>
    public static int Spawn(IReadOnlyList<string> arguments, params ReadOnlySpan<SafeFileHandle> inherited) => Spawn(HostProgram(), "daemon process", arguments, inherited);

    /// <summary>Starts the command in the same way, for a host that reloads.</summary>
    /// <returns>Its process id.</returns>
    public static int SpawnCommand(IReadOnlyList<string> arguments, params ReadOnlySpan<SafeFileHandle> inherited) => Spawn(CommandProgram(Installation.FrontProgram), "process that prepares the reload", arguments, inherited);

    /// <summary>Starts the command of a version as the successor of this process.</summary>
    /// <param name="start">The program, and how it runs.</param>
    /// <param name="arguments">The words.</param>
    /// <param name="environment">Variables beyond those of this process.</param>
    /// <param name="descriptors">Descriptors that the successor finds under the same numbers.</param>
    /// <param name="inherited">Descriptors for <see cref="Handover"/>.</param>
    /// <returns>Its process id.</returns>
    public static int SpawnSuccessor(SuccessorStart start, IReadOnlyList<string> arguments, IReadOnlyList<string> environment, IReadOnlyList<int> descriptors, params ReadOnlySpan<SafeFileHandle> inherited) =>
        Spawn(CommandProgram(start.Program ?? Installation.FrontProgram), "new process", arguments, inherited, environment, descriptors, start.IsForeground);

    private static int Spawn(
        (string Path, string[] Words) program, string purpose, IReadOnlyList<string> arguments, ReadOnlySpan<SafeFileHandle> inherited,
        IReadOnlyList<string>? variables = null, IReadOnlyList<int>? descriptors = null, bool isForeground = false)
    {
        CloseOthersOnExecute();
        var numbers = Numbers(inherited);
        using SpawnRequest request = new() { NewSession = !isForeground };
        if (!isForeground)
        {
            request.Open(0, "/dev/null", OpenFlags.ReadOnly);
            request.Open(1, "/dev/null", OpenFlags.ReadWrite);
            request.Duplicate(1, 2);
        }

        foreach (var number in (int[])[.. numbers, .. descriptors ?? []])
            request.Duplicate(number, number);
        var error = request.Start(program.Path, [.. program.Words, .. arguments], [.. Handover.EnvironmentWith(numbers), .. variables ?? []], out var process);
        return error == 0
            ? process
            : throw new TacHostException(ExitCode.OperatingSystem, $"cannot start the {purpose} '{program.Path}': {Reason(error)}.");
    }

    /// <summary>Becomes the host, under the same process id. Does not return.</summary>
    /// <exception cref="TacHostException">The host could not be started.</exception>
    public static int Replace(IReadOnlyList<string> arguments, params IReadOnlyList<PreparedApplication> prepared)
    {
        using var inherited = Handover.MemoryFile();
        Handover.Write(inherited, prepared);
        return ReplaceWith(arguments, inherited);
    }

    /// <summary>Becomes the host, with descriptors of this process. Does not return.</summary>
    /// <exception cref="TacHostException">The host could not be started.</exception>
    public static int ReplaceWith(IReadOnlyList<string> arguments, params ReadOnlySpan<SafeFileHandle> inherited)
    {
        var numbers = Numbers(inherited);
        var program = HostProgram();
        using var argv = new CStrings([.. program.Words, .. arguments]);
        using var environment = new CStrings(Handover.EnvironmentWith(numbers));
        foreach (var number in numbers)
            Libc.Fcntl(number, DescriptorCommand.SetFlags, 0);
        LibcExecution.Execve(program.Path, argv.Pointer, environment.Pointer);
        throw new TacHostException(ExitCode.OperatingSystem, $"cannot start the host '{Installation.HostProgram}': {Errno.LastText}.");
    }

    /// <summary>Returns the host's program, under the name of this one, or <c>dotnet</c> with the host's assembly. A .NET tool needs the latter: its files are not executable, and its portable form has no programs.</summary>
    public static (string Path, string[] Words) HostProgram()
    {
        var own = Installation.HostProgram;
        var dotnet = Path.GetFullPath(Path.Combine(Framework.Directory, "..", "..", "..", "dotnet"));
        if ((Environment.ProcessPath == dotnet || !File.Exists(Installation.FrontProgram) || (File.Exists(own) && (File.GetUnixFileMode(own) & UnixFileMode.UserExecute) == 0)) && File.Exists(dotnet))
            return (dotnet, [dotnet, Installation.HostAssembly]);
        return (own, [Installation.FrontProgram]);
    }

    public static string[] CommandWords() => CommandProgram(Installation.FrontProgram).Words;

    /// <summary>Returns the command's program, or <c>dotnet</c> with the command's assembly if this program was started in that way.</summary>
    private static (string Path, string[] Words) CommandProgram(string own)
    {
        var dotnet = Path.GetFullPath(Path.Combine(Framework.Directory, "..", "..", "..", "dotnet"));
        return Environment.ProcessPath == dotnet || !File.Exists(own) ? (dotnet, [dotnet, own + ".dll"]) : (own, [own]);
    }

    private static string Reason(int error) => error switch
    {
        Errno.NoSuchFile when !File.Exists("/dev/null") => "there is no '/dev/null', which its standard streams need. Mount /dev, or create the device: mknod -m 666 /dev/null c 1 3",
        Errno.TryAgain => "the limit of processes is reached (ulimit -u, systemd's TasksMax=, a container's pids). Raise it",
        _ => Errno.Text(error),
    };

    /// <summary>Prevents a daemon from inheriting open descriptors of the shell, such as the pipe of a test that waits for end of file.</summary>
    private static void CloseOthersOnExecute()
    {
        const int closeOnExec = 1;
        var first = ListenVariables.FirstDescriptor + SocketActivation.Count;
        foreach (var entry in Directory.EnumerateFileSystemEntries("/proc/self/fd"))
        {
            if (int.TryParse(Path.GetFileName(entry), out var descriptor) && descriptor >= first)
                Libc.Fcntl(descriptor, DescriptorCommand.SetFlags, closeOnExec);
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
