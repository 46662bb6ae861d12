using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace TacHost.Loading;

/// <summary>The assemblies of the base framework, Microsoft.NETCore.App.</summary>
internal static class Framework
{
    /// <summary>A program in native code does not run on .NET, and has to find the one that the host will run on.</summary>
    private static readonly Lazy<string> _directory = new(static () =>
        RuntimeFeature.IsDynamicCodeSupported ? Path.TrimEndingDirectorySeparator(RuntimeEnvironment.GetRuntimeDirectory()) : InstalledFramework.Find());

    /// <summary>Gets the directory they lie in.</summary>
    public static string Directory => _directory.Value;

    /// <summary>Gets the version of .NET.</summary>
    public static Version Version => RuntimeFeature.IsDynamicCodeSupported ? Environment.Version : new Version(Path.GetFileName(Directory));

    /// <summary>Gets the paths of all assemblies of the framework.</summary>
    public static IEnumerable<string> Assemblies => System.IO.Directory.EnumerateFiles(Directory, "*.dll");

    /// <summary>Returns the path of an assembly by its simple name, or null if the framework does not contain it.</summary>
    public static string? Find(string name) =>
        !name.Contains('/', StringComparison.Ordinal) && Path.Combine(Directory, name + ".dll") is var path && File.Exists(path) ? path : null;
}
