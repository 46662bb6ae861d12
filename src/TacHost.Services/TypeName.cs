namespace TacHost.Services;

/// <summary>Names of types for paths and log lines.</summary>
internal static class TypeName
{
    /// <summary>Returns the name of a type, without the arity of a generic type.</summary>
    public static string Of(Type type)
    {
        var name = type.Name;
        var arity = name.IndexOf('`', StringComparison.Ordinal);
        return arity < 0 ? name : name[..arity];
    }
}
