using TacHost.Interop;

namespace TacHost;

/// <summary>The directory of this user for what can be made again: compiled tac files, and the indexes of plugin directories.</summary>
/// <remarks>
/// What lies here decides what will be run, perhaps by root. So the directory and all above it must belong to this user or root and be writable by nobody
/// else; otherwise it is not used.
/// </remarks>
/// <param name="Path">Absolute; null if it is not used.</param>
/// <param name="Notice">Why not, or null.</param>
internal sealed record CacheDirectory(string? Path, string? Notice)
{
    /// <summary>For one that others read from, who run what its owner has compiled.</summary>
    public const UnixFileMode Shared = Private | UnixFileMode.GroupRead | UnixFileMode.GroupExecute | UnixFileMode.OtherRead | UnixFileMode.OtherExecute;

    private const UnixFileMode Private = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    /// <summary>The one in the place that the environment names.</summary>
    public static CacheDirectory Open()
    {
        return Place() is { } directory ? At(directory, Private) : new CacheDirectory(null, "Compiled tac files are not kept, because there is neither a home directory nor TACHOST_CACHE.");
    }

    /// <summary>A certain one, made with a mode if it is not there.</summary>
    public static CacheDirectory At(string directory, UnixFileMode mode)
    {
        try
        {
            Directory.CreateDirectory(directory, mode);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return new CacheDirectory(null, $"Compiled tac files are not kept, because '{directory}' cannot be made: {e.Message}");
        }

        return DirectoryTrust.WhyNot(directory) is { } reason
            ? new CacheDirectory(null, $"The cache '{directory}' is not used, because {reason}. What lies there would be run as this user.")
            : new CacheDirectory(directory, null);
    }

    private static string? Place()
    {
        if (Environment.GetEnvironmentVariable("TACHOST_CACHE") is { Length: > 0 } named)
            return System.IO.Path.GetFullPath(named);
        if (Environment.GetEnvironmentVariable("XDG_CACHE_HOME") is ['/', ..] caches)
            return System.IO.Path.Combine(caches, "tachost");
        return Environment.GetFolderPath(Environment.SpecialFolder.UserProfile) is ['/', ..] home ? System.IO.Path.Combine(home, ".cache", "tachost") : null;
    }
}
