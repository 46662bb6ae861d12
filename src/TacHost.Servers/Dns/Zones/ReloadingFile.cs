using Microsoft.Extensions.Logging;

namespace TacHost.Servers.Dns.Zones;

/// <summary>The content of a file and of those that it includes, read again when one has changed. If the new content cannot be used, the one before stays.</summary>
/// <param name="given">The path.</param>
/// <param name="read">Reads the file, and calls back with the path of each file that it is about to include.</param>
internal sealed class ReloadingFile<T>(string given, Func<string, Action<string>, T> read)
    where T : class
{
    private readonly List<string> _included = [];
    private string _path = given;
    private string _stamp = "";
    private T? _current;

    /// <summary>Gets the path, which is absolute after <see cref="Load"/>.</summary>
    public string Path => _path;

    /// <summary>Gets the paths of the files that were included.</summary>
    public IReadOnlyList<string> Included => _included;

    /// <summary>What the file says. Not before <see cref="Load"/>.</summary>
    public T Current => _current!;

    /// <exception cref="ZoneFileException">It cannot be used.</exception>
    public void Load(Func<string, string> resolvePath)
    {
        _path = resolvePath(_path);
        _current = Read();
    }

    /// <summary>Looks whether it has changed.</summary>
    /// <returns>Whether there is something new.</returns>
    public bool Refresh(ILogger logger)
    {
        if (Stamp() == _stamp)
            return false;
        try
        {
            _current = Read();
            DnsLog.Reloaded(logger, _path);
            return true;
        }
        catch (ZoneFileException e)
        {
            DnsLog.NotReloaded(logger, e.Message);
            return false;
        }
    }

    private T Read()
    {
        var stamp = StampOf(_path);
        _included.Clear();
        try
        {
            return read(_path, path =>
            {
                stamp += StampOf(path);
                _included.Add(path);
            });
        }
        finally
        {
            // Each file was looked at before it was read, so that a change meanwhile is seen.
            _stamp = stamp;
        }
    }

    private string Stamp() => string.Concat(_included.Prepend(_path).Select(StampOf));

    private static string StampOf(string path)
    {
        FileInfo info = new(path);
        return info.Exists ? $"{info.LastWriteTimeUtc.Ticks},{info.Length};" : ";";
    }
}
