using System.Text;
using TacHost.Loading;
using TacHost.Packages;

namespace TacHost.Scripting;

/// <summary>A source file, read only once for the cache key and the compiler.</summary>
/// <param name="Path">The absolute path.</param>
/// <param name="Content">The bytes of the file.</param>
/// <param name="Stamp">The identity of the content.</param>
internal sealed record SourceFile(string Path, byte[] Content, SourceStamp Stamp)
{
    /// <summary>Reads a file.</summary>
    /// <param name="path">The absolute path.</param>
    public static SourceFile Read(string path)
    {
        var stamp = SourceStamp.Of(path);
        return new SourceFile(path, CodeFile.ReadAllBytes(path), stamp);
    }
}

/// <summary>An <c>#r</c> directive.</summary>
/// <param name="Name">The text between the quotes.</param>
/// <param name="File">The file with the directive, or null if it has no name.</param>
internal sealed record ReferenceDirective(string Name, string? File)
{
    /// <summary>Gets the error if the library does not exist, or null for the compiler's own.</summary>
    public TacHostException? Missing { get; init; }

    public string BaseDirectory => Path.GetDirectoryName(File) ?? Environment.CurrentDirectory;
}

/// <summary>A tac file and all files that it loads, read without the compiler.</summary>
/// <remarks>
/// Every line that may be an <c>#r</c> or <c>#load</c> directive counts, even if the compiler skips it, for example in a comment. Additional
/// files only make the key more specific than necessary. The compiler reports missing files.
/// </remarks>
internal sealed class TacSources
{
    private static readonly UTF8Encoding _utf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);
    private static readonly UnicodeEncoding _utf16 = new(bigEndian: false, byteOrderMark: false, throwOnInvalidBytes: true);
    private static readonly UnicodeEncoding _utf16BigEndian = new(bigEndian: true, byteOrderMark: false, throwOnInvalidBytes: true);

    private readonly Dictionary<string, SourceFile> _files = new(StringComparer.Ordinal);
    private readonly List<ReferenceDirective> _references = [];

    private readonly List<PackageDirective> _packages = [];
    private readonly List<string> _packageSources = [];

    private TacSources(SourceFile main) => Main = main;

    public SourceFile Main { get; private set; }

    /// <summary>Gets whether the tac file has the form of a file-based program.</summary>
    public bool IsProgram { get; private init; }

    /// <summary>Gets the <c>#:</c> directives of the tac file, or null if it has none.</summary>
    public ProgramDirectives? Directives { get; private set; }

    public IReadOnlyDictionary<string, SourceFile> Files => _files;

    /// <summary>Gets all references, in the order of their directives.</summary>
    public IReadOnlyList<ReferenceDirective> References => _references;

    public IReadOnlyList<PackageDirective> Packages => _packages;

    /// <summary>Gets the package sources in addition to NuGet's configured sources: URLs and absolute paths.</summary>
    public IReadOnlyList<string> PackageSources => _packageSources;

    /// <summary>Reads a tac file and the files that it loads.</summary>
    /// <param name="path">The path as the user wrote it.</param>
    /// <exception cref="TacHostException">The tac file itself cannot be read.</exception>
    public static TacSources Read(string path)
    {
        SourceFile main;
        try
        {
            var fullPath = Path.GetFullPath(path);
            main = SourceFile.Read(fullPath);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException)
        {
            throw new TacHostException(ExitCode.NoInput, $"cannot read the tac file '{path}': {Explain(e, path)}", e);
        }

        var sources = new TacSources(main) { IsProgram = IsProgramFile(main.Path) };
        sources.AddDirectives();
        if (sources.IsProgram)
            sources._files.Add(main.Path, sources.Main);
        else
            sources.Add(sources.Main);
        return sources;
    }

    /// <summary>
    /// Returns the path of a <c>#load</c> directive relative to its file: the first interpretation that
    /// exists, otherwise the literal one.
    /// </summary>
    public static string? LoadPath(string name, string? baseFile)
    {
        try
        {
            // The working directory may have been deleted. An absolute path does not need it.
            var literal = Path.IsPathFullyQualified(name) ? Path.GetFullPath(name) : Path.GetFullPath(name, Path.GetDirectoryName(baseFile) ?? Environment.CurrentDirectory);
            if (File.Exists(literal))
                return literal;
            var other = SourceLinks.WithSlashes(name);
            return new[] { Path.GetDirectoryName(baseFile), SourceLinks.RealDirectory(baseFile) }.OfType<string>()
                .Select(directory => Path.GetFullPath(other, directory)).FirstOrDefault(File.Exists) ?? literal;
        }
        catch (ArgumentException)
        {
            return null;
        }
    }

    /// <summary>Adds the <c>#:</c> directives of the tac file, which may also be a script.</summary>
    private void AddDirectives()
    {
        var text = SourceText(Main);
        if (!IsProgram && !text.Contains(ProgramDirectives.Prefix, StringComparison.Ordinal))
            return;
        Directives = ProgramDirectives.Read(text, Main.Path);
        _packages.AddRange(Directives.Packages);
        _references.AddRange(Directives.References);
        Main = Main with { Content = Encoding.UTF8.GetBytes(Directives.AsComments(text)) };
    }

    private void Add(SourceFile file)
    {
        if (_files.ContainsKey(file.Path))
            return;
        var text = SourceText(file);
        var directives = DirectiveScan.Of(text);
        var compiled = WithoutSources(file, text, directives);
        _files.Add(file.Path, compiled);
        if (file == Main)
            Main = compiled;
        foreach (var directive in directives)
        {
            if (directive.Keyword == DirectiveScan.Source)
                _packageSources.Add(PackageSource(directive.Name, file.Path, SourceLine.NumberAt(text, directive.At)));
            else if (directive.Keyword == DirectiveScan.Reference && PackageDirective.IsOne(directive.Name))
                _packages.Add(PackageDirective.Parse(directive.Name, file.Path, SourceLine.NumberAt(text, directive.At)));
            else if (directive.Keyword == DirectiveScan.Reference)
                _references.Add(new ReferenceDirective(directive.Name, file.Path));
            else if (PackageDirective.IsOne(directive.Name))
                throw SourceLine.Refusal(file.Path, SourceLine.NumberAt(text, directive.At), $"the file has #load \"{directive.Name}\", and #load includes files. Write #r \"nuget: NAME, VERSION\".");
            else if (LoadPath(directive.Name, file.Path) is { } path && TryRead(path) is { } loaded)
                Add(loaded);
        }
    }

    /// <summary>Replaces each <c>#i</c> directive, which the compiler does not support, with a comment of the same length.</summary>
    private static SourceFile WithoutSources(SourceFile file, string text, IReadOnlyList<Directive> directives)
    {
        StringBuilder? other = null;
        foreach (var directive in directives)
        {
            if (directive.Keyword != DirectiveScan.Source)
                continue;
            other ??= new StringBuilder(text);
            other[directive.At] = '/';
            other.Insert(directive.At, '/').Remove(directive.At + 2, 1);
        }

        return other is null ? file : file with { Content = Encoding.UTF8.GetBytes(other.ToString()) };
    }

    private static string PackageSource(string name, string file, int line)
    {
        var source = PackageDirective.IsOne(name) ? PackageDirective.Rest(name) : throw SourceLine.Refusal(file, line, $"the file has #i \"{name}\". Write #i \"nuget: SOURCE\", with a URL or a directory.");
        return Uri.TryCreate(source, UriKind.Absolute, out _) && source.Contains("://", StringComparison.Ordinal) ? source : SourceLinks.FindDirectory(source, file) ?? Path.GetFullPath(source, Path.GetDirectoryName(file)!);
    }

    /// <summary>Returns whether a file is a file-based program. A link without an extension has that of its target.</summary>
    private static bool IsProgramFile(string path) => Path.GetExtension(Path.HasExtension(path) ? path : LinkTarget.Of(path)) == ProgramDirectives.Extension;

    /// <summary>
    /// Decodes a file as the compiler does: as UTF-8, or according to its byte order mark. Throws an exception
    /// for invalid bytes, which the compiler would replace with question marks.
    /// </summary>
    private static string SourceText(SourceFile file)
    {
        Encoding encoding = file.Content switch
        {
            [0xFF, 0xFE, ..] => _utf16,
            [0xFE, 0xFF, ..] => _utf16BigEndian,
            _ => _utf8,
        };
        try
        {
            return encoding.GetString(file.Content);
        }
        catch (DecoderFallbackException e)
        {
            var name = encoding == _utf8 ? "UTF-8" : "UTF-16";
            var before = (Encoding)encoding.Clone();
            before.DecoderFallback = DecoderFallback.ReplacementFallback;
            var text = before.GetString(file.Content, 0, Math.Clamp(e.Index, 0, file.Content.Length));
            throw SourceLine.Refusal(file.Path, SourceLine.NumberAt(text, text.Length), $"the file is not valid {name}: the line contains an invalid byte (0x{e.BytesUnknown?.FirstOrDefault():x2}).\n  Save the file as UTF-8.", cause: e);
        }
    }

    private static SourceFile? TryRead(string path)
    {
        try
        {
            return SourceFile.Read(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    private static string Explain(Exception e, string path) => e switch
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
        return DidYouMean.To(Path.GetFileName(path), names) is { } nearest
            ? $" Did you mean '{Path.Combine(Path.GetDirectoryName(path) ?? "", nearest)}'?"
            : "";
    }
}
