using System.Text;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Text;

namespace TacHost.Scripting;

/// <summary>
/// The loaded files that a script cannot contain, because they have namespaces or extension methods in static
/// classes. They are compiled to a separate assembly (ADR 25).
/// </summary>
internal sealed class OrdinaryFiles
{
    /// <summary>The names of the script's assembly and the files' assembly. The script can access internal members of the files.</summary>
    public const string ScriptName = "tac", Name = "tac-files";

    private readonly Dictionary<string, byte[]> _directives = new(StringComparer.Ordinal);
    private readonly List<SyntaxTree> _trees = [];

    private OrdinaryFiles()
    {
    }

    public IReadOnlyList<SyntaxTree> Trees => _trees;

    /// <summary>Finds these files among the files that a tac file loads.</summary>
    public static OrdinaryFiles Among(TacSources sources, CSharpParseOptions options)
    {
        OrdinaryFiles found = new();
        foreach (var file in sources.Files.Values)
        {
            if (file != sources.Main)
                found.AddIfOrdinary(file, options);
        }

        return found;
    }

    /// <summary>Returns the content of a file for the script, which consists only of its directives, or null for another file.</summary>
    public byte[]? Directives(string path) => _directives.GetValueOrDefault(path);

    private void AddIfOrdinary(SourceFile file, CSharpParseOptions options)
    {
        var text = SourceText.From(new MemoryStream(file.Content), Encoding.UTF8);
        var script = CSharpSyntaxTree.ParseText(text, options.WithKind(SourceCodeKind.Script)).GetCompilationUnitRoot();
        List<TextSpan> directives = [.. script.GetReferenceDirectives().Select(each => each.Span), .. script.GetLoadDirectives().Select(each => each.Span)];
        if (directives.Count > 0)
            text = SourceText.From(BlankedText.Of(text, directives), Encoding.UTF8);
        var tree = CSharpSyntaxTree.ParseText(text, options.WithKind(SourceCodeKind.Regular), file.Path);
        if (!IsOrdinary(tree.GetCompilationUnitRoot()))
            return;
        _trees.Add(tree);
        _directives[file.Path] = Encoding.UTF8.GetBytes(BlankedText.Of(SourceText.From(new MemoryStream(file.Content), Encoding.UTF8), at => directives.All(each => !each.Contains(at))));
    }

    private static bool IsOrdinary(CompilationUnitSyntax root) =>
        !root.Members.Any(member => member is GlobalStatementSyntax or BaseFieldDeclarationSyntax or BaseMethodDeclarationSyntax or BasePropertyDeclarationSyntax or IncompleteMemberSyntax)
        && root.Members.Any(member => member is BaseNamespaceDeclarationSyntax || (member is ClassDeclarationSyntax type && type.Modifiers.Any(SyntaxKind.StaticKeyword) && type.Members.Any(IsExtension)));

    private static bool IsExtension(MemberDeclarationSyntax member) =>
        member is ExtensionBlockDeclarationSyntax || (member is MethodDeclarationSyntax { ParameterList.Parameters: [var first, ..] } && first.Modifiers.Any(SyntaxKind.ThisKeyword));
}
