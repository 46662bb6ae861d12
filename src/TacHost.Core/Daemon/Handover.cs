using System.Globalization;
using Microsoft.Win32.SafeHandles;
using TacHost.Native;

namespace TacHost.Daemon;

/// <summary>The data that the command passes to the host: the prepared application, and for a daemon the pipe of its start-up report.</summary>
/// <remarks>
/// Both are inherited file descriptors, whose numbers are in an environment variable. The prepared application is a memory file
/// with exactly the checked bytes, independent of changes to the cache or the sources. A daemon is started before the application is
/// prepared, and inherits a third descriptor. This is a pipe whose write end the parent closes after it has written the file, or on an error.
/// A fourth is the leash: a pipe whose write end only the parent has, for a daemon that ends with it.
/// </remarks>
internal sealed class Handover
{
    private const string Variable = "TACHOST_HANDOVER";
    private const string MemoryFileName = "tachost-application";

    private Handover(IReadOnlyList<PreparedApplication> prepared, StartupReport? report, SafeFileHandle? leash) => (Prepared, Report, Leash) = (prepared, report, leash);

    /// <summary>Gets the prepared applications: one, or one for each file of a command that takes several files.</summary>
    public IReadOnlyList<PreparedApplication> Prepared { get; }

    /// <summary>Gets the start-up report, or null in the foreground.</summary>
    public StartupReport? Report { get; }

    /// <summary>Gets the pipe at whose end the daemon ends, or null for a daemon that outlives its parent.</summary>
    public SafeFileHandle? Leash { get; }

    /// <summary>Gets whether the command started this process as a daemon.</summary>
    public static bool IsToDaemon => Environment.GetEnvironmentVariable(Variable)?.Contains(',', StringComparison.Ordinal) == true;

    /// <summary>Gets whether the command has become this process.</summary>
    public static bool IsToForeground => Environment.GetEnvironmentVariable(Variable) is { } value && !value.Contains(',', StringComparison.Ordinal);

    /// <summary>Checks that this process was started by a user, and not by the command.</summary>
    /// <exception cref="TacHostException">Its environment says otherwise.</exception>
    public static void RequireNone()
    {
        if (Environment.GetEnvironmentVariable(Variable) is not null)
            throw VariableError();
        PredecessorLink.RequireNone();
    }

    /// <summary>Waits for the data for this process and returns it. Returns null if a user started the process.</summary>
    /// <exception cref="TacHostException">
    /// The parent failed before it wrote the application, so that this error is not read. Or the process was not started by tachost.
    /// </exception>
    public static Handover? Receive()
    {
        if (Environment.GetEnvironmentVariable(Variable) is not { } value)
            return null;

        ClearEnvironment();
        var descriptors = value.Split(',');
        if (descriptors.Length > 4 || !descriptors.All(IsInherited) || !IsMemoryFile(descriptors[0]))
            throw VariableError();
        var report = descriptors.Length > 1 ? new StartupReport(Inherited(descriptors[1])) : null;
        if (descriptors.Length > 2)
            WaitForEnd(Inherited(descriptors[2]));
        var leash = descriptors.Length > 3 ? Inherited(descriptors[3]) : null;
        using var file = Inherited(descriptors[0]);
        return new Handover(Read(file) ?? throw VariableError(), report, leash);
    }

    /// <summary>Returns the memory file and the report pipe of a process that prepares a reload, or null if a user started the process.</summary>
    public static (SafeFileHandle File, SafeFileHandle Report)? TakeForAnswer()
    {
        if (Environment.GetEnvironmentVariable(Variable)?.Split(',') is not [var file, var report] || !IsInherited(file) || !IsInherited(report) || !IsMemoryFile(file))
            return null;
        ClearEnvironment();
        return (Inherited(file), Inherited(report));
    }

    /// <summary>Parses the form that <see cref="Write"/> produces. Returns null if the form is truncated.</summary>
    public static IReadOnlyList<PreparedApplication>? Read(SafeFileHandle file)
    {
        var bytes = new byte[RandomAccess.GetLength(file)];
        RandomAccess.Read(file, bytes, 0);
        return Fingerprint.IsAtFrontOf(bytes) ? PreparedApplication.FromBytes(bytes[Fingerprint.Size..]) : null;
    }

    /// <summary>Returns the environment of the successor, with the numbers of the descriptors and the settings of .NET.</summary>
    public static List<string> EnvironmentWith(params int[] descriptors)
    {
        var all = Environment.GetEnvironmentVariables();
        List<string> environment = [.. all.Keys.Cast<string>().Select(key => $"{key}={(key == ListenVariables.Process ? SocketActivation.HandedOver : all[key])}")];
        environment.Add($"{Variable}={string.Join(',', descriptors)}");
        RuntimeSettings.AddTo(environment, all);
        return environment;
    }

    /// <summary>Removes the variables that the command has added to the environment.</summary>
    public static void RemoveFrom(Dictionary<string, string> environment)
    {
        environment.Remove(Variable);
        PredecessorLink.RemoveFrom(environment);
        RuntimeSettings.RemoveFrom(environment);
    }

    /// <summary>Creates an empty memory file, which other started programs do not inherit.</summary>
    public static SafeFileHandle MemoryFile()
    {
        const uint closeOnExec = 1;
        var descriptor = LibcDescriptors.MemfdCreate(MemoryFileName, closeOnExec);
        return descriptor >= 0
            ? new SafeFileHandle(descriptor, ownsHandle: true)
            : throw new TacHostException(ExitCode.OperatingSystem, $"cannot hand the application over: {Errno.LastText}.");
    }

    /// <summary>Serializes the prepared applications. The length comes first, so that a reader notices a truncated form.</summary>
    public static void Write(SafeFileHandle file, params IReadOnlyList<PreparedApplication> prepared)
    {
        var content = PreparedApplication.ToBytes(prepared);
        var bytes = new byte[Fingerprint.Size + content.Length];
        content.CopyTo(bytes, Fingerprint.Size);
        Fingerprint.Write(content, bytes);
        RandomAccess.Write(file, bytes, 0);
    }

    /// <summary>Removes the variable, so that services and their children do not inherit it.</summary>
    private static void ClearEnvironment()
    {
        Environment.SetEnvironmentVariable(Variable, null);
        RuntimeSettings.Remove();
        SocketActivation.TakeOver();
    }

    private static void WaitForEnd(SafeFileHandle pipe)
    {
        using FileStream stream = new(pipe, FileAccess.Read, bufferSize: 0);
        stream.CopyTo(Stream.Null);
    }

    private static bool IsInherited(string number) =>
        int.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out _) && TargetOf(number) is not null;

    private static bool IsMemoryFile(string number) =>
        TargetOf(number)!.Contains(MemoryFileName, StringComparison.Ordinal);

    private static TacHostException VariableError() => new(ExitCode.Usage, $"{Variable} is set, but is reserved for tachost. Unset it.");

    private static string? TargetOf(string number) => new FileInfo($"/proc/self/fd/{number}").LinkTarget;

    private static SafeFileHandle Inherited(string number)
    {
        var descriptor = int.Parse(number, CultureInfo.InvariantCulture);
        Libc.Fcntl(descriptor, DescriptorCommand.SetFlags, 1); // FD_CLOEXEC: it ends with us
        return new SafeFileHandle(descriptor, ownsHandle: true);
    }
}
