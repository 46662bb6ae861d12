using System.Globalization;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace TacHost.Scripting;

/// <summary>Finds code of a tac file's top level that changes the process instead of the tree: static members of libraries and .NET, environment variables, and the like.</summary>
/// <remarks>
/// A reload executes the top level several times in the running process. The search covers the top level, and the functions, constructors and lambdas in
/// variables of the tac file that it calls, also those of its ordinary files. It does not cover other lambdas, which services call later. Binding is
/// expensive, so only suspicious nodes are bound.
/// </remarks>
internal sealed class TopLevelEffects
{
    /// <summary>The methods that change the process, by their names without the namespace.</summary>
    private static readonly HashSet<string> _methods = new(StringComparer.Ordinal)
    {
        "Environment.SetEnvironmentVariable", "Directory.SetCurrentDirectory", "Console.SetOut", "Console.SetError", "Console.SetIn",
        "AppContext.SetSwitch", "AppContext.SetData", "AppDomain.SetData", "ThreadPool.SetMinThreads", "ThreadPool.SetMaxThreads",
    };

    private readonly CSharpCompilation[] _compilations;
    private readonly HashSet<SyntaxNode> _seen = [];
    private readonly HashSet<string> _functions = new(StringComparer.Ordinal);
    private readonly List<string> _found = [];

    private TopLevelEffects(CSharpCompilation[] compilations)
    {
        _compilations = compilations;
        foreach (var root in compilations.SelectMany(each => each.SyntaxTrees).Select(tree => tree.GetRoot()))
        {
            _functions.UnionWith(root.DescendantNodes().OfType<MethodDeclarationSyntax>().Select(method => method.Identifier.ValueText));
            _functions.UnionWith(root.DescendantNodes().OfType<LocalFunctionStatementSyntax>().Select(function => function.Identifier.ValueText));
            _functions.UnionWith(root.DescendantNodes().OfType<VariableDeclaratorSyntax>().Where(variable => variable.Initializer?.Value is AnonymousFunctionExpressionSyntax).Select(variable => variable.Identifier.ValueText));
            _functions.UnionWith(root.DescendantNodes().OfType<TypeDeclarationSyntax>().Select(type => type.Identifier.ValueText));
        }
    }

    /// <summary>Returns each effect with its place, such as <c>/srv/poem.csx(5,1) sets 'Environment.CurrentDirectory'</c>.</summary>
    /// <param name="script">The script.</param>
    /// <param name="ordinary">The ordinary files and the types of a file-based program, or null.</param>
    public static IReadOnlyList<string> Of(CSharpCompilation script, CSharpCompilation? ordinary)
    {
        TopLevelEffects effects = new(ordinary is null ? [script] : [script, ordinary]);
        foreach (var tree in script.SyntaxTrees)
        {
            foreach (var member in ((CompilationUnitSyntax)tree.GetRoot()).Members.Where(member => member is GlobalStatementSyntax or FieldDeclarationSyntax or PropertyDeclarationSyntax))
                effects.Walk(member);
        }

        return effects._found;
    }

    private void Walk(SyntaxNode root)
    {
        if (!_seen.Add(root))
            return;
        foreach (var node in root.DescendantNodes(node => node == root || node is not (AnonymousFunctionExpressionSyntax or LocalFunctionStatementSyntax)))
        {
            switch (node)
            {
                case AssignmentExpressionSyntax { Left: MemberAccessExpressionSyntax or IdentifierNameSyntax } assignment:
                    Note(assignment.Left);
                    break;
                case PrefixUnaryExpressionSyntax { Operand: MemberAccessExpressionSyntax operand } prefix when prefix.IsKind(SyntaxKind.PreIncrementExpression) || prefix.IsKind(SyntaxKind.PreDecrementExpression):
                    Note(operand);
                    break;
                case PostfixUnaryExpressionSyntax { Operand: MemberAccessExpressionSyntax operand } postfix when postfix.IsKind(SyntaxKind.PostIncrementExpression) || postfix.IsKind(SyntaxKind.PostDecrementExpression):
                    Note(operand);
                    break;
                case InvocationExpressionSyntax call:
                    NoteCall(call);
                    break;
                case ObjectCreationExpressionSyntax { Type: var type } creation when _functions.Contains(LastName(type)):
                    Follow(SymbolOf(creation));
                    break;
            }
        }
    }

    private void Note(ExpressionSyntax target)
    {
        if (SymbolOf(target) is not { ContainingType: { } type } symbol || !symbol.DeclaringSyntaxReferences.IsEmpty || symbol.ContainingAssembly.Name == OrdinaryFiles.Name)
            return;
        if (symbol is IFieldSymbol { IsStatic: true } or IPropertySymbol { IsStatic: true } || (type.Name == "Thread" && symbol.Name is "CurrentCulture" or "CurrentUICulture"))
            Add(target, $"sets '{type.Name}.{symbol.Name}'");
        else if (symbol is IEventSymbol && (symbol.IsStatic || type.Name == "AppDomain"))
            Add(target, $"subscribes to '{type.Name}.{symbol.Name}'");
    }

    private void NoteCall(InvocationExpressionSyntax call)
    {
        var called = call.Expression is MemberAccessExpressionSyntax { Name.Identifier.ValueText: "Invoke" } invoke ? invoke.Expression : call.Expression;
        var name = LastName(called);
        if (_functions.Contains(name))
        {
            Follow(SymbolOf(called));
        }
        else if (_methods.Any(method => method.EndsWith($".{name}", StringComparison.Ordinal)) && SymbolOf(call) is { ContainingType: { } type } symbol && _methods.Contains($"{type.Name}.{symbol.Name}"))
        {
            Add(call, $"calls '{type.Name}.{symbol.Name}'");
        }
    }

    private void Follow(ISymbol? symbol)
    {
        foreach (var declaration in InSource(symbol)?.DeclaringSyntaxReferences ?? [])
        {
            switch (declaration.GetSyntax())
            {
                case VariableDeclaratorSyntax { Initializer.Value: AnonymousFunctionExpressionSyntax lambda }:
                    Walk(lambda);
                    break;

                // A primary constructor, which executes the initializers of the type.
                case TypeDeclarationSyntax type:
                    foreach (var initializer in type.Members.SelectMany(member => member.ChildNodes()).SelectMany(node => node is VariableDeclarationSyntax fields ? fields.Variables.Select(each => each.Initializer) : [node as EqualsValueClauseSyntax]).OfType<EqualsValueClauseSyntax>())
                        Walk(initializer);
                    break;
                case var code:
                    Walk(code);
                    break;
            }
        }
    }

    /// <summary>Returns a symbol of the ordinary files with its source. The script knows these files as an assembly.</summary>
    private ISymbol? InSource(ISymbol? symbol) =>
        symbol is { DeclaringSyntaxReferences.IsEmpty: true, ContainingAssembly.Name: OrdinaryFiles.Name } && symbol.OriginalDefinition.GetDocumentationCommentId() is { } id
            ? DocumentationCommentId.GetFirstSymbolForDeclarationId(id, _compilations[^1])
            : symbol;

    private ISymbol? SymbolOf(SyntaxNode node) => _compilations.First(each => each.ContainsSyntaxTree(node.SyntaxTree)).GetSemanticModel(node.SyntaxTree).GetSymbolInfo(node).Symbol;

    private static string LastName(SyntaxNode name) => name switch
    {
        MemberAccessExpressionSyntax member => member.Name.Identifier.ValueText,
        QualifiedNameSyntax qualified => qualified.Right.Identifier.ValueText,
        SimpleNameSyntax simple => simple.Identifier.ValueText,
        _ => "",
    };

    private void Add(SyntaxNode node, string what)
    {
        var place = node.GetLocation().GetLineSpan();
        _found.Add(string.Create(CultureInfo.InvariantCulture, $"{place.Path}({place.StartLinePosition.Line + 1},{place.StartLinePosition.Character + 1}) {what}"));
    }
}
