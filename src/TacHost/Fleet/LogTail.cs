using System.Text;
using TacHost.Native;

namespace TacHost.Fleet;

/// <summary>The lines that come at the end of a log file, also after a rotation.</summary>
internal sealed class LogTail
{
    private readonly string _path;
    private ulong? _inode;
    private long _position;
    private string _rest = "";

    /// <param name="path">The log file. Lines that it has now are not read.</param>
    public LogTail(string path)
    {
        _path = path;
        if (FileStatusOf.Target(path) is { } status)
            (_inode, _position) = (status.Inode, status.Size);
    }

    /// <summary>Reads the complete lines that have come. Further lines of an event, which begin with a tab, are added to its first.</summary>
    public IReadOnlyList<string> Read()
    {
        StringBuilder text = new(_rest);
        try
        {
            if (FileStatusOf.Target(_path) is not { } status)
                return [];
            if (_inode is { } known && known != status.Inode)
            {
                ReadFrom($"{_path}.1", text);
                _position = 0;
            }

            if (status.Size < _position)
                _position = 0;
            _inode = status.Inode;
            ReadFrom(_path, text);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // It was just rotated, and is read the next time.
        }

        var all = text.ToString();
        var end = all.LastIndexOf('\n') + 1;
        _rest = all[end..];
        return end == 0 ? [] : all[..(end - 1)].Replace("\n\t", "\0\t", StringComparison.Ordinal).Split('\n').Select(line => line.Replace('\0', '\n')).ToList();
    }

    private void ReadFrom(string path, StringBuilder text)
    {
        using FileStream stream = new(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        if (_position > stream.Length)
            return;
        stream.Position = _position;
        using StreamReader reader = new(stream, Encoding.UTF8);
        text.Append(reader.ReadToEnd());
        _position = stream.Length;
    }
}
