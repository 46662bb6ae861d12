namespace TacHost.Scripting;

/// <summary>Compiled tac files on disk, by <see cref="CacheKey"/>. Entries never change; a failure of any kind only means compiling again.</summary>
internal sealed class TacCache
{
    private const string Extension = ".tac";
    private const int EntriesKept = 200;

    private readonly CacheDirectory _directory;
    private readonly int _entriesKept;

    private TacCache(CacheDirectory directory, int entriesKept) => (_directory, Notice, _entriesKept) = (directory, directory.Notice, entriesKept);

    /// <summary>Why the cache is not used, or could not be written, or null.</summary>
    public string? Notice { get; private set; }

    /// <summary>The cache of this user, in the place that the environment names.</summary>
    public static TacCache Open() => new(CacheDirectory.Open(), EntriesKept);

    /// <summary>A cache that is filled on purpose, and keeps whatever it is given.</summary>
    public static TacCache At(string directory) => new(CacheDirectory.At(directory, CacheDirectory.Shared), int.MaxValue);

    /// <summary>The entry, if it is there and whole.</summary>
    public CompiledTac? Find(string key)
    {
        try
        {
            return _directory.Read(key + Extension) is { } bytes ? CompiledTac.FromBytes(bytes) : null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    /// <summary>Keeps an entry. Others see it whole or not at all.</summary>
    public void Keep(string key, CompiledTac tac)
    {
        if (_directory.Path is null)
            return;
        try
        {
            _directory.Write(key + Extension, tac.ToBytes());
            DropOldest();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            Notice = $"The compiled tac file could not be kept in '{_directory.Path}': {e.Message}";
        }
    }

    private void DropOldest()
    {
        foreach (var old in new DirectoryInfo(_directory.Path!).EnumerateFiles("*" + Extension).OrderByDescending(file => file.LastWriteTimeUtc).Skip(_entriesKept))
            _directory.Delete(old.Name);
    }
}
