using System.Collections;

namespace TacHost.Daemon;

/// <summary>The settings of .NET that the command adds to the environment of the host. The host removes them again, so that neither services nor their child processes inherit them.</summary>
/// <remarks>A setting of the user is left alone. The added values have an unusual spelling, which distinguishes them from a user's.</remarks>
internal static class RuntimeSettings
{
    /// <summary>The budget of generation 0: 4 MB, in hexadecimal.</summary>
    /// <remarks>
    /// The default budget is the size of the processor's cache. A serving daemon then grows to 1.42 times its idle memory,
    /// against 1.16 with 4 MB. The runtime ignores the setting of the same name in runtimeconfig.json.
    /// </remarks>
    public const string GarbageVariable = "DOTNET_GCgen0size", GarbageSize = "400000";

    /// <summary>Tracing by LTTng, for which the runtime searches a library in some fifty places.</summary>
    private const string TracingVariable = "DOTNET_LTTng", TracingOff = "00";

    /// <summary>The version of ICU, for which the runtime searches from the newest conceivable one downwards.</summary>
    private const string IcuVariable = "DOTNET_ICU_VERSION_OVERRIDE";
    private const char IcuMark = '0';

    public static bool NamesIcu => Environment.GetEnvironmentVariable(IcuVariable) is { } version && IsOurs(IcuVariable, version);

    /// <summary>Adds the settings to an environment.</summary>
    /// <param name="environment">The environment, as it is passed to execve(2).</param>
    /// <param name="present">The variables that are in it.</param>
    public static void AddTo(List<string> environment, IDictionary present)
    {
        Add(GarbageVariable, GarbageSize);
        Add(TracingVariable, TracingOff);
        Add(DiagnosticFiles.Variable, DiagnosticFiles.Off);
        if (IcuLibrary.FindVersion() is { } version)
            Add(IcuVariable, IcuMark + version);

        void Add(string name, string value)
        {
            if (!present.Contains(name))
                environment.Add($"{name}={value}");
        }
    }

    public static void Remove()
    {
        foreach (var name in Names())
        {
            if (IsOurs(name, Environment.GetEnvironmentVariable(name)))
                Environment.SetEnvironmentVariable(name, null);
        }
    }

    public static void RemoveFrom(Dictionary<string, string> environment)
    {
        foreach (var name in Names())
        {
            if (IsOurs(name, environment.GetValueOrDefault(name)))
                environment.Remove(name);
        }
    }

    private static string[] Names() => [GarbageVariable, TracingVariable, DiagnosticFiles.Variable, IcuVariable];

    private static bool IsOurs(string name, string? value) => name switch
    {
        GarbageVariable => value == GarbageSize,
        TracingVariable => value == TracingOff,
        DiagnosticFiles.Variable => value == DiagnosticFiles.Off,
        _ => value is [IcuMark, ..],
    };
}
