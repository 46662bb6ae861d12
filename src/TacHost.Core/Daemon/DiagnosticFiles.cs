using System.Globalization;

namespace TacHost.Daemon;

/// <summary>The socket and the pipes through which debuggers and tools such as dotnet-counters access a .NET process.</summary>
/// <remarks>
/// The runtime creates them in the temporary directory before the program starts. It removes them at a regular exit, but not as another user,
/// not after chroot(2), and not if the process is replaced or killed. Therefore they are
/// removed early, unless <c>DOTNET_EnableDiagnostics=1</c> is set (ADR 15).
/// </remarks>
internal static class DiagnosticFiles
{
    /// <summary>The runtime's variable. It is set to off for processes that replace this one, so that the files are not created.</summary>
    public const string Variable = "DOTNET_EnableDiagnostics";

    private const int StartTimeField = 19; // of proc(5), counted after the name

    /// <summary>The value for off, in a spelling that distinguishes the setting of <see cref="Handover"/> from the user's.</summary>
    public const string Off = "00";

    public static bool AreWanted => Environment.GetEnvironmentVariable(Variable) is { Length: > 0 } value && value != "0";

    /// <summary>Removes the files of this process, unless the variable is set.</summary>
    public static void RemoveUnlessWanted()
    {
        if (Environment.GetEnvironmentVariable(Variable) is null)
            Remove();
    }

    /// <summary>Removes the files of this process. Diagnostics are unavailable afterwards.</summary>
    public static void Remove()
    {
        try
        {
            var stat = File.ReadAllText("/proc/self/stat");
            var startTime = stat[(stat.LastIndexOf(')') + 2)..].Split(' ')[StartTimeField];
            var process = $"{Environment.ProcessId.ToString(CultureInfo.InvariantCulture)}-{startTime}";
            foreach (var name in (string[])[$"dotnet-diagnostic-{process}-socket", $"clr-debug-pipe-{process}-in", $"clr-debug-pipe-{process}-out"])
                File.Delete(Path.Combine(Path.GetTempPath(), name));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // The runtime removes its files itself as far as possible.
        }
    }
}
