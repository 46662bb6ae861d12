using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace TacHost.Loading;

/// <summary>The assemblies of the base framework, Microsoft.NETCore.App.</summary>
internal static class Framework
{
    /// <summary>The framework of the host. A native program does not run on .NET, so it must search for the framework.</summary>
    private static readonly Lazy<string> _directory = new(static () =>
        RuntimeFeature.IsDynamicCodeSupported ? Path.TrimEndingDirectorySeparator(RuntimeEnvironment.GetRuntimeDirectory()) : InstalledFramework.Find());

    public static string Directory => _directory.Value;

    public static Version Version => RuntimeFeature.IsDynamicCodeSupported ? Environment.Version : new Version(Path.GetFileName(Directory));

    public static IEnumerable<string> Assemblies => System.IO.Directory.EnumerateFiles(Directory, "*.dll");

    /// <summary>Returns the path of an assembly by its simple name, or null if the framework does not contain it.</summary>
    public static string? Find(string name) =>
        !name.Contains('/', StringComparison.Ordinal) && Path.Combine(Directory, name + ".dll") is var path && File.Exists(path) ? path : null;
}
