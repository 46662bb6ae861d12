using System.Reflection;
using System.Runtime.Loader;

namespace TacHost.Loading;

/// <summary>Loads ASP.NET Core on first use.</summary>
/// <remarks>
/// An assembly is loaded from the framework's directory into the default context, as the rest of .NET is: there, the machine code that is in its file is used.
/// </remarks>
internal static class AspNetCoreAssemblies
{
    private static readonly Lazy<bool> _isServed = new(Serve);

    /// <summary>Loads an assembly of ASP.NET Core, or the host's replacement. Returns null if the framework does not contain it, or only an older version.</summary>
    public static Assembly? Load(AssemblyName name) =>
        _isServed.Value && AspNetCore.Find(name.Name!) is { } path && AssemblyName.GetAssemblyName(path).Version >= name.Version
            ? AssemblyLoadContext.Default.LoadFromAssemblyName(name)
            : null;

    /// <summary>Lets the default context find the assemblies by themselves, which refer to each other.</summary>
    private static bool Serve()
    {
        if (AspNetCore.Directory is null)
            return false;
        AssemblyLoadContext.Default.Resolving += (context, name) => AspNetCore.Find(name.Name!) is { } path ? context.LoadFromAssemblyPath(path) : null;
        return true;
    }
}
