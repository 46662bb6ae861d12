using System.Text;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Text;

namespace TacHost.Scripting;

/// <summary>
/// A tac file in the form of a file-based program, divided into the parts of a tac. The statements are
/// the script, and the types are compiled as an ordinary file (ADR 49).
/// </summary>
internal sealed class ProgramFile
{
    /// <summary>The counterpart of <c>RunAsync</c> in the package. The host runs the application, so a call does nothing.</summary>
    private const string Run = """
        internal static class TacProgram
        {
            public static System.Threading.Tasks.Task<int> RunAsync(this TacHost.Services.Application application, System.Threading.CancellationToken cancellationToken = default) => System.Threading.Tasks.Task.FromResult(0);
        }
        """;

    private ProgramFile(IReadOnlyList<SyntaxTree> types, SyntaxTree script, IReadOnlyList<Diagnostic> errors) => (Types, Script, Errors) = (types, script, errors);

    public IReadOnlyList<SyntaxTree> Types { get; }

    public SyntaxTree Script { get; }

    /// <summary>Gets the syntax errors of the whole file. The parts have meaning only if there are none.</summary>
    public IReadOnlyList<Diagnostic> Errors { get; }

    public static ProgramFile Of(SourceFile file, CSharpParseOptions options)
    {
        var text = SourceText.From(new MemoryStream(file.Content), Encoding.UTF8);
        var tree = CSharpSyntaxTree.ParseText(text, options.WithKind(SourceCodeKind.Regular).WithFeatures([new("FileBasedProgram", "true")]), file.Path);
        var root = tree.GetCompilationUnitRoot();
        List<TextSpan> ofScript = [], ofTypes = [];
        foreach (var member in root.Members)
            (member is GlobalStatementSyntax ? ofScript : ofTypes).Add(member.Span);
        foreach (var attribute in root.AttributeLists)
            ofTypes.Add(attribute.Span);

        // The keyword 'global' has no effect in a single file, and a script cannot contain it.
        ofTypes.AddRange(root.Usings.Where(each => each.GlobalKeyword != default).Select(each => each.GlobalKeyword.Span));

        // The script is another file to the compiler, but not to the author.
        ofScript.AddRange(root.Members.OfType<BaseTypeDeclarationSyntax>().SelectMany(each => each.Modifiers).Where(each => each.IsKind(SyntaxKind.FileKeyword)).Select(each => each.Span));
        return new ProgramFile(
            [
                CSharpSyntaxTree.ParseText(SourceText.From(BlankedText.Of(text, ofScript), Encoding.UTF8), options.WithKind(SourceCodeKind.Regular), file.Path),
                CSharpSyntaxTree.ParseText(Run, options, "run.cs", Encoding.UTF8),
            ],
            CSharpSyntaxTree.ParseText(SourceText.From(BlankedText.Of(text, ofTypes), Encoding.UTF8), options.WithKind(SourceCodeKind.Script), file.Path),
            [.. tree.GetDiagnostics().Where(each => each.Severity == DiagnosticSeverity.Error)]);
    }
}
