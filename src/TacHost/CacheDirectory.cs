using TacHost.Native;

namespace TacHost;

/// <summary>The user's cache directory, for compiled tac files and the indexes of plugin directories.</summary>
/// <remarks>
/// The content determines which code is executed, perhaps by root. Therefore the directory and its ancestors must belong to this user or root, and must
/// not be writable by others. Otherwise, the directory is not used. It is opened and checked once, and then accessed through its descriptor.
/// </remarks>
internal sealed class CacheDirectory
{
    /// <summary>The mode of a directory that others may read, who execute code compiled by its owner.</summary>
    public const UnixFileMode Shared = Private | UnixFileMode.GroupRead | UnixFileMode.GroupExecute | UnixFileMode.OtherRead | UnixFileMode.OtherExecute;

    private const UnixFileMode Private = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;
    private const uint FileMode = 0x1B6; // 0666, restricted by the umask

    private readonly OpenDirectory? _files;

    private CacheDirectory(string? path, OpenDirectory? files, string? notice) => (Path, _files, Notice) = (path, files, notice);

    /// <summary>Gets the absolute path, or null if the directory is not used.</summary>
    public string? Path { get; }

    /// <summary>Gets the reason why the directory is not used, or null.</summary>
    public string? Notice { get; }

    public static CacheDirectory Open() =>
        Place() is { } directory ? At(directory, Private) : None("Compiled tac files are not cached, because there is neither a home directory nor TACHOST_CACHE.");

    /// <summary>Returns an unused cache directory, for a given reason.</summary>
    public static CacheDirectory None(string notice) => new(null, null, notice);

    /// <summary>Opens a given directory. Creates it with the given mode if it does not exist.</summary>
    public static CacheDirectory At(string directory, UnixFileMode mode)
    {
        try
        {
            // Create the directory only if no other user can redirect its path.
            using var above = Directory.Exists(directory) ? null : PathWalk.Along(NearestAbove(directory), entersLast: true);
            if (above?.Distrust is { } unsafePlace)
                return NotUsed(directory, unsafePlace);
            Directory.CreateDirectory(directory, mode);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return None($"Compiled tac files are not cached, because '{directory}' cannot be created: {e.Message}");
        }

        using var walk = PathWalk.Along(directory, entersLast: true);
        if (walk.Error != 0)
            return NotUsed(directory, $"it cannot be opened: {Errno.Text(walk.Error)}");
        return walk.ExplainSearchDistrust() is { } reason
            ? NotUsed(directory, reason)
            : new CacheDirectory(directory, OpenDirectory.Of(walk), null);
    }

    /// <summary>Reads a file. Returns null if the file does not exist or was not written by this user or root.</summary>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public byte[]? Read(string name)
    {
        using var file = _files?.OpenFile(name, OpenFlags.ReadOnly);
        if (file is null || FileStatusOf.Open(file) is not { IsRegularFile: true, IsWritableByOthers: false } status || (status.UserId != 0 && status.UserId != LibcAccounts.GetEuid()))
            return null;
        var bytes = new byte[status.Size];
        return RandomAccess.Read(file, bytes, 0) == bytes.Length ? bytes : null;
    }

    /// <summary>Writes a file atomically.</summary>
    /// <exception cref="IOException">The file cannot be written.</exception>
    public void Write(string name, byte[] content)
    {
        var prepared = $"{name}.{Environment.ProcessId}";
        _files!.DeleteAbandoned(left => left.EndsWith(System.IO.Path.GetExtension(name), StringComparison.Ordinal));
        _files.Delete(prepared);
        try
        {
            using (var file = _files.OpenFile(prepared, OpenFlags.WriteOnly | OpenFlags.Create | OpenFlags.Exclusive, FileMode) ?? throw Failure())
                RandomAccess.Write(file, content, 0);
            if (!_files.Rename(prepared, name))
                throw Failure();
        }
        catch
        {
            _files.Delete(prepared);
            throw;
        }
    }

    public void Delete(string name) => _files?.Delete(name);

    private static CacheDirectory NotUsed(string directory, string reason) =>
        None($"The cache '{directory}' is not used, because {reason}. Its content would be run as this user.");

    private static IOException Failure() => new($"{Errno.LastText}.");

    private static string NearestAbove(string directory)
    {
        while (!Directory.Exists(directory))
            directory = System.IO.Path.GetDirectoryName(directory)!;
        return directory;
    }

    private static string? Place()
    {
        if (Environment.GetEnvironmentVariable("TACHOST_CACHE") is { Length: > 0 } named)
            return System.IO.Path.GetFullPath(named);
        if (Environment.GetEnvironmentVariable("XDG_CACHE_HOME") is ['/', ..] caches)
            return System.IO.Path.Combine(caches, "tachost");
        return Environment.GetFolderPath(Environment.SpecialFolder.UserProfile) is ['/', ..] home ? System.IO.Path.Combine(home, ".cache", "tachost") : null;
    }
}
