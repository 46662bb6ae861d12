using System.Collections.Immutable;
using System.Text;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Scripting;
using Microsoft.CodeAnalysis.Emit;
using Microsoft.CodeAnalysis.Scripting;
using Microsoft.CodeAnalysis.Text;

namespace TacHost.Scripting;

/// <summary>Compiles a tac file with Roslyn. Emits it itself, because Roslyn's own loader of scripts never lets go of them.</summary>
internal sealed class TacCompiler(TacSources sources, ReferenceSearch search, string displayedPath)
{
    private static readonly string[] _imports =
    [
        "System", "System.Collections.Generic", "System.IO", "System.Linq", "System.Net", "System.Text", "System.Threading", "System.Threading.Tasks",
        "Microsoft.Extensions.Hosting", "Microsoft.Extensions.Logging",
        "TacHost.Services", "TacHost.Services.Networking",
    ];

    private readonly LoadResolver _loads = new(sources);
    private readonly LibraryResolver _libraries = new(search);

    /// <summary>Whether the compiler read anything that the cache key does not cover.</summary>
    public bool ReadMoreThanItsKey => _loads.ReadMore;

    /// <exception cref="TacHostException">The tac file does not compile.</exception>
    public CompiledTac Compile()
    {
        var options = ScriptOptions.Default
            .WithLanguageVersion(LanguageVersion.CSharp14)
            .WithOptimizationLevel(OptimizationLevel.Release)
            .WithEmitDebugInformation(true)
            .WithFileEncoding(Encoding.UTF8)
            .WithFilePath(sources.Main.Path)
            .WithImports(_imports)
            .WithReferences([.. DefaultReferences.All, .. DefaultReferences.OfAspNetCoreFor(sources.References.Select(search.Find).OfType<string>())])
            .WithSourceResolver(_loads)
            .WithMetadataResolver(_libraries);
        var compilation = CSharpScript.Create(new MemoryStream(sources.Main.Content), options).GetCompilation();
        using var image = new MemoryStream();
        using var symbols = new MemoryStream();

        // On other threads the compiler would have their stacks, which are too small for deep nesting; and one file is soon compiled.
        var result = compilation.WithOptions(compilation.Options.WithConcurrentBuild(false)).Emit(image, symbols, options: new EmitOptions(debugInformationFormat: DebugInformationFormat.PortablePdb));
        if (!result.Success)
        {
            var errors = result.Diagnostics.Where(diagnostic => diagnostic.Severity == DiagnosticSeverity.Error).ToList();

            // A script without a single statement is refused without an error.
            throw errors.Count == 0
                ? TacErrors.NoApplication(displayedPath)
                : new TacHostException(ExitCode.BadTac, CompileErrors.Describe(displayedPath, sources, search, errors));
        }

        return new CompiledTac(displayedPath, image.ToArray(), symbols.ToArray(), [.. _libraries.Found]);
    }

    /// <summary>Serves <c>#load</c> from what was read for the key.</summary>
    private sealed class LoadResolver(TacSources sources) : SourceReferenceResolver
    {
        public bool ReadMore { get; private set; }

        public override string? NormalizePath(string path, string? baseFilePath) => TacSources.LoadPath(path, baseFilePath);

        public override string? ResolveReference(string path, string? baseFilePath) =>
            TacSources.LoadPath(path, baseFilePath) is { } full && (sources.Files.ContainsKey(full) || File.Exists(full)) ? full : null;

        public override Stream OpenRead(string resolvedPath)
        {
            if (sources.Files.GetValueOrDefault(resolvedPath) is { } file)
                return new MemoryStream(file.Content);
            ReadMore = true;
            return File.OpenRead(resolvedPath);
        }

        public override SourceText ReadText(string resolvedPath)
        {
            using var stream = OpenRead(resolvedPath);
            return SourceText.From(stream, Encoding.UTF8);
        }

        public override bool Equals(object? other) => ReferenceEquals(this, other);

        public override int GetHashCode() => sources.GetHashCode();
    }

    /// <summary>Serves <c>#r</c> by the search order.</summary>
    private sealed class LibraryResolver(ReferenceSearch search) : MetadataReferenceResolver
    {
        public HashSet<string> Found { get; } = new(StringComparer.Ordinal);

        public override ImmutableArray<PortableExecutableReference> ResolveReference(string reference, string? baseFilePath, MetadataReferenceProperties properties)
        {
            var directive = new ReferenceDirective(reference, Path.GetDirectoryName(baseFilePath) ?? Environment.CurrentDirectory);
            if (search.Find(directive) is not { } path)
                return [];
            Found.Add(path);
            return [MetadataReference.CreateFromFile(path, properties)];
        }

        public override bool Equals(object? other) => ReferenceEquals(this, other);

        public override int GetHashCode() => search.GetHashCode();
    }
}
