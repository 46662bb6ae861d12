using System.Reflection;

namespace TacHost.Reloading;

/// <summary>Compares the code of two compilations of a tac file by their fingerprints.</summary>
/// <param name="old">The fingerprints of the previous tac file.</param>
/// <param name="new">The fingerprints of the current tac file.</param>
/// <param name="sameLibrary">Returns whether a library name refers to the same assembly for two assemblies.</param>
internal sealed class CodeComparison(CodePrints old, CodePrints @new, Func<string, Assembly, Assembly, bool> sameLibrary)
{
    public CodePrint? OfOld(MemberInfo member) => old.Of(member);

    public CodePrint? OfNew(MemberInfo member) => @new.Of(member);

    /// <summary>Returns null if two types are equal, otherwise the reason.</summary>
    public string? Compare(Type first, Type second)
    {
        if (first == second)
            return null;
        if (first.HasElementType || second.HasElementType)
        {
            return first.HasElementType && second.HasElementType && first.IsArray == second.IsArray && (!first.IsArray || first.GetArrayRank() == second.GetArrayRank())
                ? Compare(first.GetElementType()!, second.GetElementType()!)
                : Other(first, second);
        }

        if (first.IsGenericType != second.IsGenericType)
            return Other(first, second);
        if (Definition(first) != Definition(second))
        {
            if (old.Of(first) is not { } before || @new.Of(second) is not { } after)
                return first.FullName == second.FullName ? $"the library '{first.Assembly.GetName().Name}' is another one" : Other(first, second);
            if (!IsMade(first) && first.FullName?.Split('[')[0] != second.FullName?.Split('[')[0])
                return Other(first, second);
            if (before.Print != after.Print)
                return $"the code of '{SimpleValue.NameOf(first)}' has changed";
            if (OtherLibrary(before, first.Assembly, second.Assembly) is { } library)
                return library;
        }

        return first.IsGenericType ? CompareAll(first.GetGenericArguments(), second.GetGenericArguments()) : null;
    }

    /// <summary>Returns null if two methods are equal, otherwise the reason.</summary>
    public string? Compare(MethodBase first, MethodBase second)
    {
        if (first == second)
            return null;
        if (old.Of(first) is { } before && @new.Of(second) is { } after)
        {
            if (before.Print != after.Print)
                return "its code has changed";
            if (OtherLibrary(before, first.Module.Assembly, second.Module.Assembly) is { } library)
                return library;
        }
        else if (first.Name != second.Name || first.MetadataToken != second.MetadataToken || first.Module != second.Module)
        {
            return $"it was a call of '{first.Name}' and is one of '{second.Name}'";
        }

        var types = first.DeclaringType is { IsGenericType: true } && second.DeclaringType is { IsGenericType: true }
            ? CompareAll(first.DeclaringType.GetGenericArguments(), second.DeclaringType.GetGenericArguments())
            : null;
        return types ?? (first.IsGenericMethod && second.IsGenericMethod ? CompareAll(first.GetGenericArguments(), second.GetGenericArguments()) : null);
    }

    /// <summary>Returns whether a type is defined by the tac file, so that another compilation has a different type.</summary>
    public bool IsOfTac(Type type) => old.Of(type) is not null || @new.Of(type) is not null;

    /// <summary>Returns whether an object is the script itself or a closure, of which only the used variables are relevant.</summary>
    public bool IsScope(Type type) => IsOfTac(type) && (type.Name == "Submission#0" || type.Name.StartsWith("<>c", StringComparison.Ordinal));

    private string? OtherLibrary(CodePrint print, Assembly first, Assembly second) =>
        print.Libraries.FirstOrDefault(name => !sameLibrary(name, first, second)) is { } other ? $"it uses the library '{other}', which is another one" : null;

    private string? CompareAll(Type[] first, Type[] second) =>
        first.Length != second.Length ? "its type arguments have changed" : first.Zip(second, Compare).FirstOrDefault(difference => difference is not null);

    private static Type Definition(Type type) => type.IsGenericType ? type.GetGenericTypeDefinition() : type;

    private static bool IsMade(Type type) => type.Name.StartsWith('<');

    private static string Other(Type first, Type second) => $"it was a {SimpleValue.NameOf(first)} and is a {SimpleValue.NameOf(second)}";
}
