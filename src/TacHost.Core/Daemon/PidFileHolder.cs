namespace TacHost.Daemon;

/// <summary>Finds the process that holds a pid file.</summary>
internal static class PidFileHolder
{
    /// <summary>Returns the process that holds the lock on a pid file, or null. The number in an unlocked file, or of a process without the file, means nothing.</summary>
    public static int? Find(string path)
    {
        try
        {
            using var file = File.OpenHandle(path);
            return PidFileLock.IsHeld(file) && PidFileLock.ProcessIn(file) is { } process && PidFileLock.IsHeldBy(process, file) ? process : null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}
