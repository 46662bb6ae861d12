namespace TacHost.Services.Networking.Tls;

/// <summary>A value made from files, and made again when the files have changed. To look at the files costs nothing beside a handshake.</summary>
/// <param name="files">Lists the files.</param>
/// <param name="read">Reads the files. The first call is made by the constructor, and its exceptions pass.</param>
/// <param name="reloaded">Is called when the value was made again.</param>
/// <param name="failed">Is called when changed files cannot be read. The value from before stays in use.</param>
internal sealed class ReloadedValue<T>(Func<IEnumerable<string>> files, Func<T> read, Action reloaded, Action<Exception> failed)
{
    private readonly Lock _gate = new();

    // Read before the files, so that a change during the read is noticed.
    private string _stamp = Stamp(files());
    private T _current = read();

    /// <summary>Gets the value of the files as they are now, or as they were before if they cannot be read.</summary>
    public T Current
    {
        get
        {
            lock (_gate)
            {
                var stamp = Stamp(files());
                if (stamp != _stamp)
                    Reload(stamp);
                return _current;
            }
        }
    }

    private void Reload(string stamp)
    {
        _stamp = stamp;
        try
        {
            // Handshakes may still be using the value from before, which therefore is left to the garbage collector.
            _current = read();
            reloaded();
        }
        catch (Exception e) when (TlsFiles.IsUnreadable(e))
        {
            failed(e);
        }
    }

    private static string Stamp(IEnumerable<string> files) => string.Join(';', files.Select(file =>
    {
        FileInfo info = new(file);
        return info.Exists ? $"{info.LastWriteTimeUtc.Ticks},{info.Length}" : "";
    }));
}
