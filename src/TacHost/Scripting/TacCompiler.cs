using System.Collections.Immutable;
using System.Text;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.Emit;
using Microsoft.CodeAnalysis.Text;
using TacHost.Loading;
using TacHost.Packages;
using TacHost.Scripting.Prints;
using TacHost.Services;

namespace TacHost.Scripting;

/// <summary>Compiles a tac file with Roslyn, as a script's submission. Does not use <c>CSharpScript</c>, which takes references from its own process and never unloads assemblies.</summary>
internal sealed class TacCompiler(TacSources sources, ReferenceSearch search, PackageSet? packages, string displayedPath, bool isForDebugger)
{
    /// <summary>The class of the first submission, as Roslyn's scripts have it, and hosts look for it.</summary>
    private const string ScriptClass = "Submission#0";

    private static readonly CSharpParseOptions _parseOptions = new(LanguageVersion.CSharp14);

    /// <summary>The suppressed warnings about a newer version of an assembly that replaces an older one, which is always the case here.</summary>
    private static readonly Dictionary<string, ReportDiagnostic> _silent = new() { ["CS1701"] = ReportDiagnostic.Suppress, ["CS1702"] = ReportDiagnostic.Suppress };

    private readonly OptimizationLevel _optimization = isForDebugger ? OptimizationLevel.Debug : OptimizationLevel.Release;
    private readonly LibraryResolver _libraries = new(search);
    private readonly List<Diagnostic> _diagnostics = [];
    private CSharpCompilation? _ordinary;

    /// <summary>Gets the namespaces that tac files and the lines of telnet sessions import.</summary>
    public static string[] CommonImports { get; } =
    [
        "System", "System.Collections.Generic", "System.IO", "System.Linq", "System.Net", "System.Net.Http", "System.Text", "System.Threading", "System.Threading.Tasks",
        "Microsoft.Extensions.Logging", "TacHost.Services", "TacHost.Services.Networking", "TacHost.Services.Supervision",
    ];

    /// <summary>Gets whether the compiler read a file that the cache key does not include.</summary>
    public bool ReadMoreThanItsKey { get; private set; }

    public IReadOnlyList<string> Warnings => CompileErrors.Warnings(_diagnostics);

    /// <summary>Compiles the tac file.</summary>
    /// <exception cref="TacHostException">The tac file does not compile.</exception>
    public CompiledTac Compile()
    {
        List<CodeImage> code = [];
        var script = MakeScript(code, out var loads);
        code.Add(Emit(script));
        ReadMoreThanItsKey = loads.ReadMore;
        return new CompiledTac(displayedPath, code, [.. _libraries.Found, .. packages?.Run.Select(file => file.Path) ?? []], CodePrinter.Print([.. code.Select(each => each.Image)]).ToBytes())
        {
            Effects = TopLevelEffects.Of(script, _ordinary),
            PackageFiles = packages?.Run ?? [],
        };
    }

    /// <summary>Finds the calls that would block the start of the tac file.</summary>
    public IReadOnlyList<Finding> FindBlockingCalls() => new BlockingCalls(MakeScript([], out _)).Find();

    /// <summary>Creates the script, and compiles the ordinary files that it uses.</summary>
    private CSharpCompilation MakeScript(List<CodeImage> code, out LoadResolver loads)
    {
        IReadOnlyList<string> ofPackages = packages?.Compile ?? [];
        List<MetadataReference> references =
        [
            .. DefaultReferences.All,
            .. DefaultReferences.OfAspNetCoreFor(sources.References.Select(search.Find).OfType<string>().Concat(ofPackages)),
            .. ofPackages.Select(path => MetadataReference.CreateFromFile(path)),
        ];
        var program = sources.IsProgram ? ProgramFile.Of(sources.Main, _parseOptions) : null;
        if (program is { Errors.Count: > 0 })
            throw DoesNotCompile(program.Errors);
        references.AddRange(LibrariesOfDirectives());
        var ordinary = OrdinaryFiles.Among(sources, _parseOptions);
        var trees = program?.Types ?? ordinary.Trees;
        if (trees.Count > 0)
        {
            code.Add(CompileOrdinary(trees, references));
            references.Add(MetadataReference.CreateFromImage(code[0].Image));
        }

        loads = new LoadResolver(sources, ordinary);
        CSharpCompilationOptions options = new(
            OutputKind.DynamicallyLinkedLibrary,
            scriptClassName: ScriptClass,
            usings: Imports,
            optimizationLevel: _optimization,
            allowUnsafe: true,
            sourceReferenceResolver: loads,
            metadataReferenceResolver: _libraries,
            assemblyIdentityComparer: DesktopAssemblyIdentityComparer.Default);
        var tree = program?.Script ?? CSharpSyntaxTree.ParseText(SourceText.From(new MemoryStream(sources.Main.Content), Encoding.UTF8), _parseOptions.WithKind(SourceCodeKind.Script), sources.Main.Path);
        return CSharpCompilation.CreateScriptCompilation(OrdinaryFiles.ScriptName, tree, references, Options(options), returnType: typeof(object), globalsType: typeof(TacParameters));
    }

    private IEnumerable<string> Imports => [.. CommonImports, "Microsoft.Extensions.Hosting", .. sources.Directives?.Imports ?? []];

    /// <summary>Returns the libraries that the <c>#:</c> directives name. Those of <c>#r</c> are in the text of the script.</summary>
    private IEnumerable<MetadataReference> LibrariesOfDirectives()
    {
        var references = sources.Directives?.References ?? [];
        if (references.FirstOrDefault(each => each.Missing is not null && search.Find(each) is null) is { Missing: { } missing })
            throw missing;
        return references.SelectMany(each => _libraries.ResolveReference(each.Name, each.File, MetadataReferenceProperties.Assembly));
    }

    private CodeImage CompileOrdinary(IReadOnlyList<SyntaxTree> trees, IReadOnlyList<MetadataReference> references)
    {
        var usings = string.Concat(Imports.Select(name => $"global using {name};\n"));
        var shared = CSharpSyntaxTree.ParseText($"{usings}[assembly: System.Runtime.CompilerServices.InternalsVisibleTo(\"{OrdinaryFiles.ScriptName}\")]", _parseOptions, "usings.cs", Encoding.UTF8);
        var libraries = sources.References.Except(sources.Directives?.References ?? []).SelectMany(each => _libraries.ResolveReference(each.Name, each.File, MetadataReferenceProperties.Assembly));
        _ordinary = CSharpCompilation.Create(
            OrdinaryFiles.Name,
            [shared, .. trees],
            references.Concat(libraries),
            Options(new CSharpCompilationOptions(OutputKind.DynamicallyLinkedLibrary, optimizationLevel: _optimization, allowUnsafe: true)));
        return Emit(_ordinary);
    }

    /// <summary>Disables concurrent builds, because the stacks of other threads are too small for deep nesting, and a single file compiles quickly.</summary>
    private static CSharpCompilationOptions Options(CSharpCompilationOptions options) =>
        options.WithConcurrentBuild(false).WithNullableContextOptions(NullableContextOptions.Annotations).WithSpecificDiagnosticOptions(options.SpecificDiagnosticOptions.SetItems(_silent));

    private CodeImage Emit(Compilation compilation)
    {
        using var image = new MemoryStream();
        using var symbols = new MemoryStream();
        var result = compilation.Emit(image, symbols, options: new EmitOptions(debugInformationFormat: DebugInformationFormat.PortablePdb));
        _diagnostics.AddRange(result.Diagnostics);
        if (result.Success && GeneratedParts.MissingIn(compilation) is { Count: > 0 } missing)
            throw DoesNotCompile(missing);
        if (result.Success)
            return new CodeImage(image.ToArray(), symbols.ToArray());
        var errors = result.Diagnostics.Where(diagnostic => diagnostic.Severity == DiagnosticSeverity.Error).ToList();

        // Roslyn refuses a script without a statement, but reports no error.
        throw errors.Count == 0
            ? TacErrors.NoApplication(displayedPath)
            : DoesNotCompile(errors);
    }

    private TacHostException DoesNotCompile(IReadOnlyList<Diagnostic> errors) => new(ExitCode.BadTac, CompileErrors.Describe(displayedPath, sources, search, errors)) { Findings = CompileErrors.Findings(errors) };

    /// <summary>Resolves <c>#load</c> from the files that were read for the cache key.</summary>
    private sealed class LoadResolver(TacSources sources, OrdinaryFiles ordinary) : SourceReferenceResolver
    {
        public bool ReadMore { get; private set; }

        public override string? NormalizePath(string path, string? baseFilePath) => TacSources.LoadPath(path, baseFilePath);

        public override string? ResolveReference(string path, string? baseFilePath) =>
            TacSources.LoadPath(path, baseFilePath) is { } full && (sources.Files.ContainsKey(full) || File.Exists(full)) ? full : null;

        public override Stream OpenRead(string resolvedPath)
        {
            if ((ordinary.Directives(resolvedPath) ?? sources.Files.GetValueOrDefault(resolvedPath)?.Content) is { } content)
                return new MemoryStream(content);
            ReadMore = true;
            return new MemoryStream(CodeFile.ReadAllBytes(resolvedPath));
        }

        public override SourceText ReadText(string resolvedPath)
        {
            using var stream = OpenRead(resolvedPath);
            return SourceText.From(stream, Encoding.UTF8);
        }

        public override bool Equals(object? other) => ReferenceEquals(this, other);

        public override int GetHashCode() => sources.GetHashCode();
    }

    /// <summary>Resolves <c>#r</c> with the search path.</summary>
    private sealed class LibraryResolver(ReferenceSearch search) : MetadataReferenceResolver
    {
        public HashSet<string> Found { get; } = new(StringComparer.Ordinal);

        public override ImmutableArray<PortableExecutableReference> ResolveReference(string reference, string? baseFilePath, MetadataReferenceProperties properties)
        {
            // The files of packages are already references.
            if (PackageDirective.IsOne(reference))
                return [DefaultReferences.Of(Framework.Find("System.Private.CoreLib")!)];
            if (search.Find(new ReferenceDirective(reference, baseFilePath)) is not { } path)
                return [];
            if (ReferenceSearch.IsOfAFramework(path))
                return [DefaultReferences.Of(path)];
            Found.Add(path);
            return [MetadataReference.CreateFromImage(CodeFile.ReadAllBytes(path), properties, filePath: path)];
        }

        public override bool Equals(object? other) => ReferenceEquals(this, other);

        public override int GetHashCode() => search.GetHashCode();
    }
}
