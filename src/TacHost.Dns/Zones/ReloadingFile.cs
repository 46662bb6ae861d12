using Microsoft.Extensions.Logging;

namespace TacHost.Dns.Zones;

/// <summary>
/// The parsed content of a file and its included files, which are read again when one of them changes. If the new
/// content is invalid, the previous content stays in use.
/// </summary>
/// <param name="given">The path of the file.</param>
/// <param name="read">Reads the file. Calls its second argument with the path of each file before it is included.</param>
internal sealed class ReloadingFile<T>(string given, Func<string, Action<string>, T> read)
    where T : class
{
    private readonly List<string> _included = [];
    private string _path = given;
    private string _stamp = "";
    private T? _current;

    /// <summary>Gets the path, which is absolute after <see cref="Load"/>.</summary>
    public string Path => _path;

    public IReadOnlyList<string> Included => _included;

    /// <summary>Gets the parsed content. Valid only after <see cref="Load"/>.</summary>
    public T Current => _current!;

    /// <summary>Resolves the path and reads the file.</summary>
    /// <exception cref="ZoneFileException">The file cannot be used.</exception>
    public void Load(Func<string, string> resolvePath)
    {
        _path = resolvePath(_path);
        _current = Read();
    }

    /// <summary>Reads the file again if it has changed.</summary>
    /// <returns>True if the content was replaced.</returns>
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
            // Each stamp is taken before its file is read, so that concurrent changes are detected.
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
