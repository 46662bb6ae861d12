namespace TacHost.Services;

/// <summary>The files that a start has read, with their stamps from that time.</summary>
internal sealed class StartFiles
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, (string FullPath, string Stamp)> _files = new(StringComparer.Ordinal);

    /// <summary>Gets the files that are not as they were, by the names under which they were recorded.</summary>
    public IReadOnlyList<string> Changed
    {
        get
        {
            lock (_gate)
                return [.. _files.Where(file => StampOf(file.Value.FullPath) != file.Value.Stamp).Select(file => file.Key)];
        }
    }

    public void Record(string path, string fullPath)
    {
        var stamp = StampOf(fullPath);
        lock (_gate)
            _files[path] = (fullPath, stamp);
    }

    private static string StampOf(string path)
    {
        FileInfo info = new(path);
        return info.Exists ? $"{info.LastWriteTimeUtc.Ticks},{info.Length}" : "";
    }
}
