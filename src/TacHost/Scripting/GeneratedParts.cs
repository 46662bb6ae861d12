using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace TacHost.Scripting;

/// <summary>Finds partial methods whose bodies a source generator should have written. Without access modifiers, the compiler accepts them and removes their calls.</summary>
internal static class GeneratedParts
{
#pragma warning disable RS1029, RS2008 // the compiler's own error for the partial methods that it refuses
    private static readonly DiagnosticDescriptor _missing = new(
        "CS8795", "A part is missing", "Partial method '{0}' must have an implementation part because it has an attribute, and its calls would have no effect", "Compiler", DiagnosticSeverity.Error, isEnabledByDefault: true);
#pragma warning restore RS1029, RS2008

    public static IReadOnlyList<Diagnostic> MissingIn(Compilation compilation) =>
    [
        .. from tree in compilation.SyntaxTrees
           from method in tree.GetRoot().DescendantNodes(node => node is CompilationUnitSyntax or BaseNamespaceDeclarationSyntax or TypeDeclarationSyntax).OfType<MethodDeclarationSyntax>()
           where method is { AttributeLists.Count: > 0, Body: null, ExpressionBody: null } && method.Modifiers.Any(SyntaxKind.PartialKeyword)
           where compilation.GetSemanticModel(tree).GetDeclaredSymbol(method) is { IsPartialDefinition: true, PartialImplementationPart: null }
           select Diagnostic.Create(_missing, method.Identifier.GetLocation(), method.Identifier.Text),
    ];
}
