namespace TacHost.Scripting;

/// <summary>The disk cache of compiled tac files by <see cref="TacCacheKey"/>. Entries never change. After any failure, the file is compiled again.</summary>
internal sealed class TacCache
{
    private const string Extension = ".tac";
    private const int EntriesKept = 200;

    private readonly CacheDirectory _directory;
    private readonly int _entriesKept;

    private TacCache(CacheDirectory directory, int entriesKept) => (_directory, Notice, _entriesKept) = (directory, directory.Notice, entriesKept);

    /// <summary>Gets the reason why the cache is not used or could not be written, or null.</summary>
    public string? Notice { get; private set; }

    /// <summary>Opens the user's cache, which the environment specifies.</summary>
    public static TacCache Open() => new(CacheDirectory.Open(), EntriesKept);

    /// <summary>Opens a cache in a given directory, which never evicts entries.</summary>
    public static TacCache At(string directory) => new(CacheDirectory.At(directory, CacheDirectory.Shared), int.MaxValue);

    /// <summary>Returns an entry, or null if it does not exist or is damaged.</summary>
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

    public void Store(string key, CompiledTac tac)
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
            Notice = $"The compiled tac file could not be saved in '{_directory.Path}': {e.Message}";
        }
    }

    private void DropOldest()
    {
        foreach (var old in new DirectoryInfo(_directory.Path!).EnumerateFiles("*" + Extension).OrderByDescending(file => file.LastWriteTimeUtc).Skip(_entriesKept))
            _directory.Delete(old.Name);
    }
}
