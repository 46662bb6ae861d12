using TacHost.Interop;

namespace TacHost;

/// <summary>The directory of this user for what can be made again: compiled tac files, and the indexes of plugin directories.</summary>
/// <remarks>
/// What lies here decides what will be run, perhaps by root. So the directory and all above it must belong to this user or root and be writable by nobody
/// else; otherwise it is not used. It is opened once, checked, and from then on used through its descriptor.
/// </remarks>
internal sealed class CacheDirectory
{
    /// <summary>For one that others read from, who run what its owner has compiled.</summary>
    public const UnixFileMode Shared = Private | UnixFileMode.GroupRead | UnixFileMode.GroupExecute | UnixFileMode.OtherRead | UnixFileMode.OtherExecute;

    private const UnixFileMode Private = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;
    private const uint FileMode = 0x1B6; // 0666, of which the umask takes its part

    private readonly OpenDirectory? _files;

    private CacheDirectory(string? path, OpenDirectory? files, string? notice) => (Path, _files, Notice) = (path, files, notice);

    /// <summary>Gets the absolute path; null if the directory is not used.</summary>
    public string? Path { get; }

    /// <summary>Gets why the directory is not used, or null.</summary>
    public string? Notice { get; }

    /// <summary>The one in the place that the environment names.</summary>
    public static CacheDirectory Open() =>
        Place() is { } directory ? At(directory, Private) : None("Compiled tac files are not kept, because there is neither a home directory nor TACHOST_CACHE.");

    /// <summary>None at all, for a reason.</summary>
    public static CacheDirectory None(string notice) => new(null, null, notice);

    /// <summary>A certain one, made with a mode if it is not there.</summary>
    public static CacheDirectory At(string directory, UnixFileMode mode)
    {
        try
        {
            // What is made is made where nobody can lead it elsewhere.
            using var above = Directory.Exists(directory) ? null : PathWalk.Along(NearestAbove(directory), entersLast: true);
            if (above?.Distrust is { } unsafePlace)
                return NotUsed(directory, unsafePlace);
            Directory.CreateDirectory(directory, mode);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return None($"Compiled tac files are not kept, because '{directory}' cannot be made: {e.Message}");
        }

        using var walk = PathWalk.Along(directory, entersLast: true);
        if (walk.Error != 0)
            return NotUsed(directory, $"it cannot be opened: {Errno.Text(walk.Error)}");
        return walk.WhyNotSearch() is { } reason
            ? NotUsed(directory, reason)
            : new CacheDirectory(directory, OpenDirectory.Of(walk), null);
    }

    /// <summary>Reads a file; null if there is none that this user or root has written.</summary>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public byte[]? Read(string name)
    {
        using var file = _files?.OpenFile(name, OpenFlags.ReadOnly);
        if (file is null || FileStatusOf.Open(file) is not { IsRegularFile: true, IsWritableByOthers: false } status || (status.UserId != 0 && status.UserId != Libc.GetEffectiveUserId()))
            return null;
        var bytes = new byte[status.Size];
        return RandomAccess.Read(file, bytes, 0) == bytes.Length ? bytes : null;
    }

    /// <summary>Keeps a file. Others see it whole or not at all.</summary>
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

    /// <summary>Deletes a file, if it is there and can be deleted.</summary>
    public void Delete(string name) => _files?.Delete(name);

    private static CacheDirectory NotUsed(string directory, string reason) =>
        None($"The cache '{directory}' is not used, because {reason}. What lies there would be run as this user.");

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
