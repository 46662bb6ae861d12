using System.Runtime.InteropServices;

namespace TacHost.Loading;

/// <summary>The assemblies of .NET itself, Microsoft.NETCore.App.</summary>
internal static class Framework
{
    private static readonly string[] _others = ["Microsoft.CSharp", "Microsoft.VisualBasic", "Microsoft.VisualBasic.Core", "Microsoft.Win32.Primitives", "Microsoft.Win32.Registry", "System", "WindowsBase", "mscorlib", "netstandard"];

    private static readonly string _directory = RuntimeEnvironment.GetRuntimeDirectory();

    /// <summary>Whether .NET lies in the host's directory, because both were published as one.</summary>
    private static readonly bool _isMerged = Path.TrimEndingDirectorySeparator(_directory) == Path.TrimEndingDirectorySeparator(AppContext.BaseDirectory);

    /// <summary>Gets the paths of all of them.</summary>
    public static IEnumerable<string> Assemblies =>
        ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!).Split(Path.PathSeparator).Where(Contains);

    /// <summary>Returns the path of one by its simple name, or null if .NET has none of that name.</summary>
    public static string? Find(string name) =>
        Path.Combine(_directory, name + ".dll") is var path && Contains(path) && File.Exists(path) ? path : null;

    private static bool Contains(string path)
    {
        var directory = Path.GetDirectoryName(path.AsSpan());
        if (!directory.SequenceEqual(Path.TrimEndingDirectorySeparator(_directory)))
            return false;
        var name = Path.GetFileNameWithoutExtension(path);
        return !_isMerged || name.StartsWith("System.", StringComparison.Ordinal) || Array.IndexOf(_others, name) >= 0;
    }
}
