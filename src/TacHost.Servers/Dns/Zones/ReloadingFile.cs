using Microsoft.Extensions.Logging;

namespace TacHost.Servers.Dns.Zones;

/// <summary>What a file says, read again when it has changed; what it said before stays if it cannot be used then.</summary>
internal sealed class ReloadingFile<T>(string given, Func<string, T> read)
    where T : class
{
    private string _path = given;
    private string _stamp = "";
    private T? _current;

    /// <summary>Gets the path, which is absolute after <see cref="Load"/>.</summary>
    public string Path => _path;

    /// <summary>What the file says. Not before <see cref="Load"/>.</summary>
    public T Current => _current!;

    /// <exception cref="ZoneFileException">It cannot be used.</exception>
    public void Load(Func<string, string> resolvePath)
    {
        _path = resolvePath(_path);
        _stamp = Stamp();
        _current = read(_path);
    }

    /// <summary>Looks whether it has changed.</summary>
    /// <returns>Whether there is something new.</returns>
    public bool Refresh(ILogger logger)
    {
        var stamp = Stamp();
        if (stamp == _stamp)
            return false;
        _stamp = stamp;
        try
        {
            _current = read(_path);
            DnsLog.Reloaded(logger, _path);
            return true;
        }
        catch (ZoneFileException e)
        {
            DnsLog.NotReloaded(logger, e.Message);
            return false;
        }
    }

    private string Stamp()
    {
        FileInfo info = new(_path);
        return info.Exists ? $"{info.LastWriteTimeUtc.Ticks},{info.Length}" : "";
    }
}
