namespace TacHost.Daemon;

/// <summary>The directory that relative paths of the services are resolved against.</summary>
internal static class RunDirectory
{
    /// <summary>Sets the working directory. Null keeps the current one.</summary>
    /// <exception cref="TacHostException">The directory cannot be entered.</exception>
    public static void Enter(string? directory)
    {
        if (directory is null)
            return;
        try
        {
            Environment.CurrentDirectory = directory;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException)
        {
            throw new TacHostException(ExitCode.NoInput, $"cannot run in '{directory}': {(e is DirectoryNotFoundException ? "there is no such directory." : e.Message)}", e);
        }
    }
}
