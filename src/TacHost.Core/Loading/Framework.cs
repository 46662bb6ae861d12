using System.Runtime.InteropServices;

namespace TacHost.Loading;

/// <summary>The assemblies of .NET itself, Microsoft.NETCore.App.</summary>
internal static class Framework
{
    /// <summary>Gets the directory they lie in.</summary>
    public static string Directory { get; } = Path.TrimEndingDirectorySeparator(RuntimeEnvironment.GetRuntimeDirectory());

    /// <summary>Gets the version of .NET.</summary>
    public static Version Version => Environment.Version;

    /// <summary>Gets the paths of all of them.</summary>
    public static IEnumerable<string> Assemblies => System.IO.Directory.EnumerateFiles(Directory, "*.dll");

    /// <summary>Returns the path of one by its simple name, or null if .NET has none of that name.</summary>
    public static string? Find(string name) =>
        !name.Contains('/', StringComparison.Ordinal) && Path.Combine(Directory, name + ".dll") is var path && File.Exists(path) ? path : null;
}
