using TacHost.Loading;

namespace TacHost.Scripting;

/// <summary>The alternative meanings of a path in a directive.</summary>
internal static class SourceLinks
{
    /// <summary>Returns the directory of the target if a file is a symbolic link, otherwise null.</summary>
    public static string? RealDirectory(string? file) => file is not null && LinkTarget.Of(file) is { } target ? Path.GetDirectoryName(target) : null;

    /// <summary>Returns the directory that a directive names, relative to its file or to the target of a symbolic link, or null if there is none.</summary>
    public static string? FindDirectory(string name, string file) =>
        new[] { name, WithSlashes(name) }.SelectMany(each => new[] { Path.GetDirectoryName(file), RealDirectory(file) }.OfType<string>().Select(directory => Path.GetFullPath(each, directory))).FirstOrDefault(Directory.Exists);

    /// <summary>Converts a Windows path to a Linux path.</summary>
    public static string WithSlashes(string path) => path.Replace('\\', '/');
}
