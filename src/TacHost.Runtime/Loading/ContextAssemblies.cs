using System.Reflection;
using System.Runtime.Loader;

namespace TacHost.Loading;

/// <summary>Queries the assemblies of load contexts.</summary>
internal static class ContextAssemblies
{
    public static IEnumerable<Assembly> Beside(Assembly assembly) => AssemblyLoadContext.GetLoadContext(assembly)?.Assemblies ?? [];

    /// <summary>Returns whether a name refers to the same assembly for two assemblies.</summary>
    public static bool IsSame(string name, Assembly first, Assembly second) =>
        Resolve(name, first) is { } one && Resolve(name, second) is { } other && one == other;

    private static Assembly? Resolve(string name, Assembly assembly)
    {
        try
        {
            return AssemblyLoadContext.GetLoadContext(assembly)?.LoadFromAssemblyName(new AssemblyName(name));
        }
        catch (Exception e) when (e is IOException or BadImageFormatException)
        {
            return null;
        }
    }
}
