namespace TacHost.Services;

/// <summary>What a type is called in paths and log lines.</summary>
internal static class TypeName
{
    /// <summary>The plain name, without the arity of a generic type.</summary>
    public static string Of(Type type)
    {
        var name = type.Name;
        var arity = name.IndexOf('`', StringComparison.Ordinal);
        return arity < 0 ? name : name[..arity];
    }
}
