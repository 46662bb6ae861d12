using TacHost.Interop;

namespace TacHost.Scripting;

/// <summary>Compiled tac files on disk, by <see cref="CacheKey"/>. Entries never change; a failure of any kind only means compiling again.</summary>
/// <remarks>
/// What lies here will be run, perhaps by root. So the directory and all above it must belong to this user or root and be writable by nobody
/// else; otherwise the cache is not used.
/// </remarks>
internal sealed class TacCache
{
    private const string Extension = ".tac";
    private const int EntriesKept = 200;
    private const UnixFileMode Private = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    private readonly string? _directory;

    private TacCache(string? directory, string? notice) => (_directory, Notice) = (directory, notice);

    /// <summary>Why the cache is not used, or could not be written, or null.</summary>
    public string? Notice { get; private set; }

    /// <summary>The cache of this user, in the place that the environment names.</summary>
    public static TacCache Open()
    {
        if (Place() is not { } directory)
            return new TacCache(null, "Compiled tac files are not kept, because there is neither a home directory nor TACHOST_CACHE.");
        try
        {
            Directory.CreateDirectory(directory, Private);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return new TacCache(null, $"Compiled tac files are not kept, because '{directory}' cannot be made: {e.Message}");
        }

        return WhyNotTrusted(directory) is { } reason
            ? new TacCache(null, $"The cache '{directory}' is not used, because {reason}. What lies there would be run as this user.")
            : new TacCache(directory, null);
    }

    /// <summary>The entry, if it is there and whole.</summary>
    public CompiledTac? Find(string key)
    {
        if (_directory is null)
            return null;
        try
        {
            return CompiledTac.FromBytes(File.ReadAllBytes(PathOf(key)));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    /// <summary>Keeps an entry. Others see it whole or not at all.</summary>
    public void Keep(string key, CompiledTac tac)
    {
        if (_directory is null)
            return;
        var path = PathOf(key);
        var prepared = $"{path}.{Environment.ProcessId}";
        try
        {
            File.WriteAllBytes(prepared, tac.ToBytes());
            File.Move(prepared, path, overwrite: true);
            DropOldest();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            Notice = $"The compiled tac file could not be kept in '{_directory}': {e.Message}";
            TryDelete(prepared);
        }
    }

    private static string? Place()
    {
        if (Environment.GetEnvironmentVariable("TACHOST_CACHE") is { Length: > 0 } named)
            return Path.GetFullPath(named);
        if (Environment.GetEnvironmentVariable("XDG_CACHE_HOME") is ['/', ..] caches)
            return Path.Combine(caches, "tachost");
        return Environment.GetFolderPath(Environment.SpecialFolder.UserProfile) is ['/', ..] home ? Path.Combine(home, ".cache", "tachost") : null;
    }

    private static string? WhyNotTrusted(string directory)
    {
        var me = Libc.GetEffectiveUserId();
        var isTop = true;
        for (var path = Resolve(directory); path is not null; path = Path.GetDirectoryName(path), isTop = false)
        {
            if (FileStatusOf.Path(path) is not { } status)
                return $"'{path}' cannot be looked at";
            if (!status.IsDirectory)
                return $"'{path}' is not a directory";
            if (status.UserId != me && status.UserId != 0)
                return $"'{path}' belongs to another user";

            // In a sticky directory, such as /tmp, others can add files of their own but not replace this one.
            if (status.IsWritableByOthers && (isTop || !status.IsSticky))
                return $"others can write to '{path}'";
        }

        return null;
    }

    /// <summary>The directory without symbolic links, each of which would need a check of its own.</summary>
    private static string Resolve(string directory)
    {
        var resolved = "/";
        foreach (var part in directory.Split('/', StringSplitOptions.RemoveEmptyEntries))
        {
            resolved = Path.Combine(resolved, part);
            if (new DirectoryInfo(resolved).ResolveLinkTarget(returnFinalTarget: true) is { } target)
                resolved = Resolve(target.FullName);
        }

        return resolved;
    }

    private void DropOldest()
    {
        foreach (var old in new DirectoryInfo(_directory!).EnumerateFiles("*" + Extension).OrderByDescending(file => file.LastWriteTimeUtc).Skip(EntriesKept))
            TryDelete(old.FullName);
    }

    private static void TryDelete(string path)
    {
        try
        {
            File.Delete(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // Left for the next time.
        }
    }

    private string PathOf(string key) => Path.Combine(_directory!, key + Extension);
}
