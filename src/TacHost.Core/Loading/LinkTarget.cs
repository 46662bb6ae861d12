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
}
