namespace TacHost.Scripting;

/// <summary>What a path in a directive may mean besides what it says.</summary>
internal static class SourceLinks
{
    /// <summary>Returns the directory in which a file lies that was named by a symbolic link, or null if the name is its own.</summary>
    public static string? RealDirectory(string? file)
    {
        try
        {
            return file is not null && File.ResolveLinkTarget(file, returnFinalTarget: true) is { } target ? Path.GetDirectoryName(target.FullName) : null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    /// <summary>Returns a path that was written on Windows as it is written here.</summary>
    public static string WithSlashes(string path) => path.Replace('\\', '/');
}
