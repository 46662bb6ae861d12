using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace TacHost.Scripting.Lines;

/// <summary>The names that fit at the end of a line.</summary>
internal static class LineCompletion
{
    private const int Most = 200;

    public static string[] Of(Compilation compilation, string line)
    {
        var begun = line[(line.AsSpan().TrimEnd("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_").Length)..];
        var tree = compilation.SyntaxTrees.Last();
        var model = compilation.GetSemanticModel(tree);
        var position = line.Length - begun.Length;
        ISymbol? container = null;
        var isMember = position > 0 && line[position - 1] == '.';
        if (isMember)
        {
            var parent = tree.GetRoot().FindToken(position - 1).Parent;
            var left = parent switch
            {
                MemberAccessExpressionSyntax member => member.Expression,
                QualifiedNameSyntax name => (ExpressionSyntax)name.Left,
                MemberBindingExpressionSyntax { Parent: ConditionalAccessExpressionSyntax conditional } => conditional.Expression,
                _ => null,
            };
            if (left is null)
                return [];
            container = model.GetSymbolInfo(left).Symbol is INamespaceOrTypeSymbol named ? named : model.GetTypeInfo(left).Type;
            if (container is null)
                return [];
        }

        var isType = container is ITypeSymbol && NamesAType(tree, model, position);
        List<string> names =
        [
            .. model.LookupSymbols(position, container as INamespaceOrTypeSymbol, includeReducedExtensionMethods: isMember && !isType)
                .Where(symbol => symbol.CanBeReferencedByName && (!isMember || container is INamespaceSymbol || symbol is ITypeSymbol || symbol.IsStatic == isType))
                .Select(symbol => symbol.Name)
                .Where(name => name.StartsWith(begun, StringComparison.OrdinalIgnoreCase))
                .Distinct(StringComparer.Ordinal)
                .Order(StringComparer.OrdinalIgnoreCase),
        ];

        // If names match in upper and lower case, only these are offered.
        var exact = names.Where(name => name.StartsWith(begun, StringComparison.Ordinal)).ToList();
        return [.. (exact.Count > 0 ? exact : names).Take(Most)];

        static bool NamesAType(SyntaxTree tree, SemanticModel model, int position) =>
            tree.GetRoot().FindToken(position - 1).Parent is MemberAccessExpressionSyntax member && model.GetSymbolInfo(member.Expression).Symbol is ITypeSymbol;
    }
}
