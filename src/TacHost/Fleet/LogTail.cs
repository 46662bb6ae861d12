using System.Globalization;
using System.Text;
using TacHost.Native;

namespace TacHost.Fleet;

/// <summary>The lines that are added to a log file, also while it is rotated.</summary>
internal sealed class LogTail : IDisposable
{
    private readonly string _path;
    private FileStream? _file;
    private ulong _inode;
    private byte[] _rest = [];

    /// <param name="path">The log file.</param>
    /// <param name="fromStart">True to read the present lines, too.</param>
    public LogTail(string path, bool fromStart = false)
    {
        _path = path;
        if (!fromStart && TryOpen(path) is var (file, inode))
        {
            file.Position = file.Length;
            (_file, _inode) = (file, inode);
        }
    }

    /// <summary>Reads the complete lines that were added. Further lines of an event, which begin with a tab, are added to its first.</summary>
    public IReadOnlyList<string> Read()
    {
        List<byte> text = [.. _rest];
        Append(text);
        if (FileStatusOf.Target(_path) is { } status && (_file is null || status.Inode != _inode))
            Follow(text);
        var end = text.LastIndexOf((byte)'\n') + 1;
        _rest = [.. text[end..]];
        return end == 0 ? [] : Encoding.UTF8.GetString([.. text[..(end - 1)]]).Replace("\n\t", "\0\t", StringComparison.Ordinal).Split('\n').Select(line => line.Replace('\0', '\n')).ToList();
    }

    public void Dispose() => _file?.Dispose();

    /// <summary>Reads the rest of the file that has been rotated, and the files that came after it.</summary>
    private void Follow(List<byte> text)
    {
        foreach (var (file, inode) in Newer())
        {
            // The rest may have been written after the last read, but before the rotation.
            Append(text);
            _file?.Dispose();
            (_file, _inode) = (file, inode);
        }

        Append(text);
    }

    /// <summary>Opens the files that are newer than the last one that was read, the oldest first.</summary>
    /// <remarks>A rotation that happens meanwhile renames all files, so that one would be missing or there twice. Then only the next call returns them.</remarks>
    private List<(FileStream File, ulong Inode)> Newer()
    {
        List<(FileStream File, ulong Inode)> newer = [];
        for (var number = 0; TryOpen(number == 0 ? _path : string.Create(CultureInfo.InvariantCulture, $"{_path}.{number}")) is var (file, inode); number++)
        {
            newer.Insert(0, (file, inode));
            if (_file is null || inode == _inode)
                break;
        }

        var isKnown = _file is null || (newer is [var (_, oldest), ..] && oldest == _inode);
        var isSteady = newer is [.., var (_, newest)] && FileStatusOf.Target(_path)?.Inode == newest;

        // If the file is not among the rotated ones, another program has moved it elsewhere.
        var count = !isSteady ? 0 : !isKnown ? 1 : _file is null ? newer.Count : newer.Count - 1;
        foreach (var (file, _) in newer.SkipLast(count))
            file.Dispose();
        return newer[^count..];
    }

    private void Append(List<byte> text)
    {
        if (_file is not { } file)
            return;
        if (file.Length < file.Position)
            file.Position = 0;
        var bytes = new byte[file.Length - file.Position];
        text.AddRange(bytes.AsSpan(0, file.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false)));
    }

    private static (FileStream File, ulong Inode)? TryOpen(string path)
    {
        try
        {
            FileStream file = new(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, bufferSize: 0);
            return (file, FileStatusOf.Open(file.SafeFileHandle)?.Inode ?? 0);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // It was just rotated, and is read the next time.
            return null;
        }
    }
}
