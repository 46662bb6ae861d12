using System.Text;

namespace TacHost.Scripting;

/// <summary>A source file as it was read, once, for the cache key and for the compiler alike.</summary>
/// <param name="Path">Absolute.</param>
/// <param name="Content">Its bytes.</param>
internal sealed record SourceFile(string Path, byte[] Content);

/// <summary>An <c>#r</c> as it was written.</summary>
/// <param name="Name">What stands between the quotes.</param>
/// <param name="BaseDirectory">The directory of the file it stands in.</param>
internal sealed record ReferenceDirective(string Name, string BaseDirectory);

/// <summary>A tac file and all that it loads, read without the compiler.</summary>
/// <remarks>
/// Every line that may be an <c>#r</c> or <c>#load</c> counts, also one that the compiler would skip, in a comment, say: too many files make the
/// key more exact than it needs to be, and what is missing the compiler reports.
/// </remarks>
internal sealed class TacSources
{
    private readonly Dictionary<string, SourceFile> _files = new(StringComparer.Ordinal);
    private readonly List<ReferenceDirective> _references = [];

    private TacSources(SourceFile main) => Main = main;

    /// <summary>The tac file itself.</summary>
    public SourceFile Main { get; }

    /// <summary>All source files, by path.</summary>
    public IReadOnlyDictionary<string, SourceFile> Files => _files;

    /// <summary>All references, in the order in which they stand.</summary>
    public IReadOnlyList<ReferenceDirective> References => _references;

    /// <summary>Reads a tac file and what it loads.</summary>
    /// <param name="path">As the user wrote it.</param>
    /// <exception cref="TacHostException">The tac file itself cannot be read.</exception>
    public static TacSources Read(string path)
    {
        SourceFile main;
        try
        {
            var fullPath = Path.GetFullPath(path);
            main = new SourceFile(fullPath, File.ReadAllBytes(fullPath));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException)
        {
            throw new TacHostException(ExitCode.NoInput, $"cannot read the tac file '{path}': {WhyNot(e, path)}", e);
        }

        var sources = new TacSources(main);
        sources.Add(main);
        return sources;
    }

    /// <summary>The file that a <c>#load</c> means, relative to the file it stands in.</summary>
    public static string? LoadPath(string name, string? baseFile)
    {
        try
        {
            return Path.GetFullPath(name, Path.GetDirectoryName(baseFile) ?? Environment.CurrentDirectory);
        }
        catch (ArgumentException)
        {
            return null;
        }
    }

    private void Add(SourceFile file)
    {
        if (!_files.TryAdd(file.Path, file))
            return;
        foreach (var (isLoad, name) in DirectiveScan.Of(Encoding.UTF8.GetString(file.Content)))
        {
            if (!isLoad)
                _references.Add(new ReferenceDirective(name, Path.GetDirectoryName(file.Path)!));
            else if (LoadPath(name, file.Path) is { } path && TryRead(path) is { } loaded)
                Add(loaded);
        }
    }

    private static SourceFile? TryRead(string path)
    {
        try
        {
            return new SourceFile(path, File.ReadAllBytes(path));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    private static string WhyNot(Exception e, string path) => e switch
    {
        FileNotFoundException or DirectoryNotFoundException => $"there is no such file.{NearestFile(path)}",
        UnauthorizedAccessException when Directory.Exists(path) => "it is a directory. Name a file in it.",
        UnauthorizedAccessException => "this user may not read it.",
        _ => e.Message,
    };

    private static string NearestFile(string path)
    {
        var directory = Path.GetDirectoryName(path) is { Length: > 0 } named ? named : ".";
        if (!Directory.Exists(directory))
            return "";
        var names = Directory.EnumerateFiles(directory, "*.csx").Select(file => Path.GetFileName(file));
        return NearestWord.To(Path.GetFileName(path), names) is { } nearest
            ? $" Did you mean '{Path.Combine(Path.GetDirectoryName(path) ?? "", nearest)}'?"
            : "";
    }
}
