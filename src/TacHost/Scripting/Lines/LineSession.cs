using System.Collections.Immutable;
using System.Globalization;
using System.Runtime.InteropServices;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using TacHost.Telnet.Compiler;

namespace TacHost.Scripting.Lines;

/// <summary>The compilations of the lines of one prompt. Each line can use the declarations of the lines that were kept.</summary>
/// <param name="framework">The directory of the framework's assemblies.</param>
/// <param name="references">The other assemblies.</param>
/// <param name="globals">The type whose members lines can use without declaring them.</param>
internal sealed class LineSession(string framework, IEnumerable<MetadataReference> references, Type globals)
{
    private static readonly CSharpParseOptions _parsing = new(LanguageVersion.CSharp14, kind: SourceCodeKind.Script);
    private static readonly CSharpCompilationOptions _options = new(OutputKind.DynamicallyLinkedLibrary, usings: TacCompiler.CommonImports, optimizationLevel: OptimizationLevel.Release, concurrentBuild: false, metadataReferenceResolver: NoDirectives.Instance);

    private readonly List<MetadataReference> _references =
    [
        .. Directory.EnumerateFiles(framework, "System.*.dll").Where(path => !path.Contains(".Native.", StringComparison.Ordinal)).Select(DefaultReferences.Of),
        .. references,
    ];

    private CSharpCompilation? _last;
    private (int Serial, CSharpCompilation Compilation)? _compiled;

    /// <summary>Creates a reference from the metadata of an assembly, which stays in memory until the end of the process.</summary>
    public static unsafe PortableExecutableReference Reference(byte[] metadata)
    {
        var copy = NativeMemory.Alloc((nuint)metadata.Length);
        metadata.CopyTo(new Span<byte>(copy, metadata.Length));
        return AssemblyMetadata.Create(ModuleMetadata.CreateFromMetadata((nint)copy, metadata.Length)).GetReference();
    }

    public static bool IsComplete(string text) => SyntaxFactory.IsCompleteSubmission(CSharpSyntaxTree.ParseText(text, _parsing));

    /// <summary>Compiles a line.</summary>
    /// <returns>The assembly, or the errors as text.</returns>
    public (byte[] Image, string? Errors) Compile(SubmittedLine line)
    {
        using MemoryStream image = new();
        var compilation = Continue(line);
        var result = compilation.Emit(image);
        if (result.Success)
        {
            _compiled = (line.Serial, compilation);
            return (image.ToArray(), null);
        }

        var errors = result.Diagnostics.Where(diagnostic => diagnostic.Severity == DiagnosticSeverity.Error).Select(TextOf);
        return ([], string.Join('\n', errors.DefaultIfEmpty("The line contains no code.")));
    }

    /// <summary>Makes the declarations of a line available to later lines. Another process may have compiled the line.</summary>
    public void Commit(SubmittedLine line) => _last = _compiled is var (serial, compilation) && serial == line.Serial ? compilation : Continue(line);

    public string[] Complete(SubmittedLine line) => LineCompletion.Of(Continue(line), line.Text);

    private static string TextOf(Diagnostic error)
    {
        var text = $"{error.Id}: {error.GetMessage(CultureInfo.InvariantCulture)}";
        if (error.Location.SourceTree is not { } tree)
            return text;
        var place = error.Location.GetLineSpan().StartLinePosition;
        return text + SourceLine.WithCaret(tree.GetText().Lines[place.Line].ToString(), place.Character);
    }

    private CSharpCompilation Continue(SubmittedLine line) => CSharpCompilation.CreateScriptCompilation(
        line.AssemblyName,
        CSharpSyntaxTree.ParseText(line.Text, _parsing),
        _references,
        _options.WithScriptClassName(line.ClassName),
        _last,
        typeof(object),
        globals);

    /// <summary>A resolver that rejects directives, so that a line cannot refer to assemblies that are not in the process.</summary>
    private sealed class NoDirectives : MetadataReferenceResolver
    {
        public static readonly NoDirectives Instance = new();

        public override ImmutableArray<PortableExecutableReference> ResolveReference(string reference, string? baseFilePath, MetadataReferenceProperties properties) => [];

        public override bool Equals(object? other) => other is NoDirectives;

        public override int GetHashCode() => 0;
    }
}
