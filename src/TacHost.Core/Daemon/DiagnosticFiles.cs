using System.Globalization;

namespace TacHost.Daemon;

/// <summary>The socket and the pipes by which .NET lets debuggers and tools such as dotnet-counters reach a process.</summary>
/// <remarks>
/// .NET makes them in the temporary directory before the first line of this program runs, and removes them at an orderly exit, if it still may: not as another user,
/// not from a jail, and not when the process is replaced or killed. So they go at once, unless <c>DOTNET_EnableDiagnostics=1</c> asks for them (ADR 15).
/// </remarks>
internal static class DiagnosticFiles
{
    /// <summary>.NET's switch. What this program starts in its own place has it off, so that nothing is made in the first place.</summary>
    public const string Variable = "DOTNET_EnableDiagnostics";

    private const int StartTimeField = 19; // of proc(5), counted from what follows the name

    /// <summary>Off, in a spelling by which <see cref="Handover"/> knows its own from a user's.</summary>
    public const string Off = "00";

    /// <summary>Gets whether somebody has asked for diagnostics.</summary>
    public static bool AreWanted => Environment.GetEnvironmentVariable(Variable) is { Length: > 0 } value && value != "0";

    /// <summary>Removes those of this process, unless they are wanted.</summary>
    public static void RemoveUnlessWanted()
    {
        if (Environment.GetEnvironmentVariable(Variable) is null)
            Remove();
    }

    /// <summary>Removes those of this process, which has to do without them from now on.</summary>
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
            // They are .NET's, and it removes them itself as far as it can.
        }
    }
}
