namespace TacHost.Loading;

/// <summary>Resolves symbolic links to tac files.</summary>
internal static class LinkTarget
{
    /// <summary>Returns the absolute path of the final target if a file is a symbolic link, otherwise null.</summary>
    public static string? Of(string file)
    {
        try
        {
            return File.ResolveLinkTarget(file, returnFinalTarget: true)?.FullName;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    /// <summary>Returns the path of the file of values beside a tac file, which may not exist.</summary>
    public static string ValuesOf(string tac)
    {
        return Beside(OwnerOf(tac, Beside));

        static string Beside(string file) => Path.ChangeExtension(file, ".values.json");
    }

    /// <summary>Returns the file that others lie beside: the target of a symbolic link, unless the other file is beside the link.</summary>
    /// <param name="file">A file or a symbolic link.</param>
    /// <param name="other">Returns the path of the other file.</param>
    public static string OwnerOf(string file, Func<string, string> other) => File.Exists(other(file)) ? file : Of(file) ?? file;
}
