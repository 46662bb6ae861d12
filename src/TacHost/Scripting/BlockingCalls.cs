using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace TacHost.Scripting;

/// <summary>Finds calls that block the top level of a tac file: in its statements, and in its functions and lambdas in variables that these call.</summary>
/// <remarks>Calls in other lambda expressions, types and libraries are not examined, because they may run later.</remarks>
internal sealed class BlockingCalls(CSharpCompilation script)
{
    private const string Rule = "blocking";

    private static readonly SymbolDisplayFormat _fullName = new(
        typeQualificationStyle: SymbolDisplayTypeQualificationStyle.NameAndContainingTypesAndNamespaces,
        genericsOptions: SymbolDisplayGenericsOptions.None);

    private readonly HashSet<SyntaxNode> _seen = [];
    private readonly Queue<SyntaxNode> _waiting = new();
    private readonly List<Finding> _findings = [];

    /// <summary>Returns a finding for each call, ordered by file and line.</summary>
    public IReadOnlyList<Finding> Find()
    {
        foreach (var tree in script.SyntaxTrees)
        {
            foreach (var member in tree.GetCompilationUnitRoot().Members)
            {
                if (member is GlobalStatementSyntax { Statement: not LocalFunctionStatementSyntax } or FieldDeclarationSyntax)
                    Reach(member);
                else if (member is PropertyDeclarationSyntax { Initializer: { } initializer })
                    Reach(initializer);
            }
        }

        while (_waiting.TryDequeue(out var code))
            Examine(code);
        return [.. _findings.OrderBy(each => each.File, StringComparer.Ordinal).ThenBy(each => each.Line).ThenBy(each => each.Column)];
    }

    private void Reach(SyntaxNode code)
    {
        if (_seen.Add(code))
            _waiting.Enqueue(code);
    }

    private void Examine(SyntaxNode code)
    {
        var model = script.GetSemanticModel(code.SyntaxTree);
        foreach (var name in code.DescendantNodes(node => node == code || node is not (AnonymousFunctionExpressionSyntax or LocalFunctionStatementSyntax or BaseTypeDeclarationSyntax)).OfType<SimpleNameSyntax>())
        {
            if (model.GetSymbolInfo(name).Symbol is not { } symbol)
                continue;
            if (symbol is { Kind: SymbolKind.Field or SymbolKind.Local, DeclaringSyntaxReferences: [var variable] } && variable.GetSyntax() is VariableDeclaratorSyntax { Initializer.Value: AnonymousFunctionExpressionSyntax lambda } && (IsCalled(name) || IsInvoked(name)))
                Reach(lambda);
            if (symbol.Kind is not (SymbolKind.Method or SymbolKind.Property))
                continue;
            if (symbol.DeclaringSyntaxReferences is [var declared])
                FollowCall(name, symbol, declared.GetSyntax());
            else if (IsUsed(name, symbol) && BlockingNames.ReasonOf($"{symbol.ContainingType?.OriginalDefinition.ToDisplayString(_fullName)}.{symbol.Name}") is { } reason)
                _findings.Add(CompileErrors.FindingAt(name.GetLocation(), Rule, $"'{symbol.ContainingType!.Name}.{symbol.Name}' blocks at the top level. {reason}"));
        }
    }

    /// <summary>Follows a call of a function that is declared at the top level. A mere reference to a function calls nothing.</summary>
    private void FollowCall(SimpleNameSyntax name, ISymbol symbol, SyntaxNode declaration)
    {
        if (IsCalled(name) && (symbol.ContainingType?.IsScriptClass == true || declaration is LocalFunctionStatementSyntax))
            Reach(declaration);
    }

    /// <summary>Returns whether a method is called, or a property is read. <c>Task.Delay</c> only blocks if it is awaited.</summary>
    private static bool IsUsed(SimpleNameSyntax name, ISymbol symbol) => symbol switch
    {
        IMethodSymbol { Name: "Delay" } => IsCalled(name) && Whole(name).Parent is InvocationExpressionSyntax { Parent: AwaitExpressionSyntax },
        IMethodSymbol => IsCalled(name),
        _ => Whole(name).Parent is not AssignmentExpressionSyntax assignment || assignment.Left != Whole(name),
    };

    private static bool IsCalled(SimpleNameSyntax name) => Whole(name).Parent is InvocationExpressionSyntax call && call.Expression == Whole(name);

    private static bool IsInvoked(SimpleNameSyntax name) => Whole(name).Parent is MemberAccessExpressionSyntax { Name.Identifier.ValueText: "Invoke", Parent: InvocationExpressionSyntax };

    /// <summary>Returns the member access of which a name is the last part, or the name itself.</summary>
    private static ExpressionSyntax Whole(SimpleNameSyntax name) => name.Parent switch
    {
        MemberAccessExpressionSyntax access when access.Name == name => access,
        MemberBindingExpressionSyntax binding => binding,
        _ => name,
    };
}
