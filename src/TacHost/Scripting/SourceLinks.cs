using TacHost.Loading;

namespace TacHost.Scripting;

/// <summary>The alternative meanings of a path in a directive.</summary>
internal static class SourceLinks
{
    /// <summary>Returns the directory of the target if a file is a symbolic link, otherwise null.</summary>
    public static string? RealDirectory(string? file) => file is not null && LinkTarget.Of(file) is { } target ? Path.GetDirectoryName(target) : null;

    /// <summary>Converts a Windows path to a Linux path.</summary>
    public static string WithSlashes(string path) => path.Replace('\\', '/');
}
