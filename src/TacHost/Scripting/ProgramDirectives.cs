using TacHost.Packages;

namespace TacHost.Scripting;

/// <summary>The <c>#:</c> directives of a file-based program or a script, in the terms of a tac file.</summary>
/// <remarks>Read without the compiler, because every start reads them.</remarks>
internal sealed class ProgramDirectives
{
    /// <summary>The extension of file-based programs, and the beginning of a directive.</summary>
    public const string Extension = ".cs", Prefix = "#:";
    private const string WebSdk = "Microsoft.NET.Sdk.Web", PluginFolder = "plugins/";

    /// <summary>The namespaces that the SDKs import, beside those of every tac file.</summary>
    private static readonly string[] _webImports =
    [
        "System.Net.Http.Json", "Microsoft.AspNetCore.Builder", "Microsoft.AspNetCore.Hosting", "Microsoft.AspNetCore.Http", "Microsoft.AspNetCore.Routing",
        "Microsoft.Extensions.Configuration", "Microsoft.Extensions.DependencyInjection",
    ];

    private readonly string _file;
    private readonly List<int> _positions = [];
    private readonly List<PackageDirective> _packages = [];
    private readonly List<ReferenceDirective> _references = [];
    private readonly List<string> _imports = [];
    private readonly List<string> _ignored = [];

    private ProgramDirectives(string file) => _file = file;

    public IReadOnlyList<PackageDirective> Packages => _packages;

    public IReadOnlyList<ReferenceDirective> References => _references;

    /// <summary>Gets the namespaces to import in addition to those of every tac file.</summary>
    public IReadOnlyList<string> Imports => _imports;

    /// <summary>Gets a line for the log for each directive without effect.</summary>
    public IReadOnlyList<string> Ignored => _ignored;

    /// <summary>Reads the directives, which precede all code.</summary>
    /// <param name="text">The content of the file.</param>
    /// <param name="file">The absolute path of the file.</param>
    /// <exception cref="TacHostException">A directive is invalid, or requires an SDK.</exception>
    public static ProgramDirectives Read(string text, string file)
    {
        ProgramDirectives found = new(file);
        var isInComment = false;
        var number = 0;
        for (var at = 0; at < text.Length; number++)
        {
            var end = text.IndexOf('\n', at) is >= 0 and var next ? next : text.Length;
            var line = text.AsSpan(at, end - at).Trim([' ', '\t', '\r', '\uFEFF']);
            var start = end - text.AsSpan(at, end - at).TrimStart([' ', '\t', '\uFEFF']).Length;
            if (!isInComment && line.StartsWith(Prefix))
                found.Add(line[Prefix.Length..].Trim().ToString(), start, number + 1);
            else if (number == 0 && line.StartsWith("#!"))
                found._positions.Add(start);
            else if (!isInComment && line.StartsWith("/*"))
                isInComment = true;
            else if (!isInComment && line.Length > 0 && line[0] != '#' && !line.StartsWith("//"))
                break;
            if (isInComment && line.Contains("*/", StringComparison.Ordinal))
                isInComment = false;
            at = end + 1;
        }

        return found;
    }

    /// <summary>Returns the text with each directive turned into a comment, because the compiler does not know them.</summary>
    public string AsComments(string text)
    {
        if (_positions.Count == 0)
            return text;
        var characters = text.ToCharArray();
        foreach (var position in _positions)
            characters[position] = characters[position + 1] = '/';
        return new string(characters);
    }

    private void Add(string directive, int position, int line)
    {
        _positions.Add(position);
        var parts = directive.Split([' ', '\t'], 2, StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        switch (parts)
        {
            case ["package", var package]:
                AddPackage(package, line);
                break;
            case ["project", var project]:
                _references.Add(new ReferenceDirective(OutputOf(project) ?? NameOf(project) + ".dll", _file)
                {
                    Missing = Error(line, $"#:project {project} needs the library of the project, and tachost does not build it. Build it with 'dotnet build', or place its '{NameOf(project)}.dll' beside the file, in lib/, or in a directory of --lib."),
                });
                break;
            case ["sdk", "Microsoft.NET.Sdk"]:
                break;
            case ["sdk", WebSdk]:
                _references.Add(new ReferenceDirective("Microsoft.AspNetCore", _file));
                _imports.AddRange(_webImports);
                break;
            case ["sdk", var sdk]:
                throw Error(line, $"#:sdk {sdk} needs a build, which tachost does not run. Use Microsoft.NET.Sdk or {WebSdk}, and add libraries with #:package.");
            case ["property", var property]:
                _ignored.Add($"'{SourceLine.Shortened(_file)}' line {line}: #:property {property} has no effect in tachost.");
                break;
            default:
                throw Error(line, $"'#:{directive}' is not a directive of a tac file. Write #:package NAME@VERSION, #:project PATH, #:property NAME=VALUE or #:sdk NAME.");
        }
    }

    private void AddPackage(string package, int line)
    {
        var parts = package.Split('@', 2, StringSplitOptions.TrimEntries);
        var directive = PackageDirective.TryCreate(parts[0], parts.Length > 1 ? parts[1] : null, _file, line)
            ?? throw Error(line, $"'#:package {package}' does not name a package. Write #:package NAME@VERSION.");

        // The libraries of the host are never taken from elsewhere.
        if (new[] { Installation.HostDirectory, Installation.HostDirectory + PluginFolder }.Any(directory => File.Exists(Path.Combine(directory, parts[0] + ".dll"))))
        {
            _references.Add(new ReferenceDirective(parts[0] + ".dll", _file));
            if (parts.Length > 1 && parts[1] != HostVersion.Text)
                _ignored.Add($"'{SourceLine.Shortened(_file)}' line {line}: {parts[0]} comes from tachost, in version {HostVersion.Text}, and not in version {parts[1]}.");
        }
        else
        {
            _packages.Add(directive);
        }
    }

    /// <summary>Returns the newest library that a build of a project has left below its directory, or null.</summary>
    private string? OutputOf(string project)
    {
        var directory = NameOf(project) == Path.GetFileName(SourceLinks.WithSlashes(project).TrimEnd('/')) ? project : Path.GetDirectoryName(SourceLinks.WithSlashes(project)) ?? "/";
        var name = NameOf(project) + ".dll";
        return SourceLinks.FindDirectory(Path.Combine(directory, "bin"), _file) is { } output ? Directory.EnumerateFiles(output, name, SearchOption.AllDirectories).Where(each => !each.Contains("/ref/", StringComparison.Ordinal)).MaxBy(File.GetLastWriteTimeUtc) : null;
    }

    private static string NameOf(string project)
    {
        var name = Path.GetFileName(SourceLinks.WithSlashes(project).TrimEnd('/'));
        return name.EndsWith("proj", StringComparison.Ordinal) ? Path.GetFileNameWithoutExtension(name) : name;
    }

    private TacHostException Error(int line, string what) => SourceLine.Refusal(_file, line, what);
}
