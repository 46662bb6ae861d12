namespace TacHost.Daemon;

/// <summary>The directory that relative paths of the services start at.</summary>
internal static class RunDirectory
{
    /// <summary>Makes it the working directory; null leaves that as it is.</summary>
    /// <exception cref="TacHostException">It cannot be entered.</exception>
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
