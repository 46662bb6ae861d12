using System.Reflection;
using System.Runtime.Loader;

namespace TacHost.Loading;

/// <summary>The assemblies in all load contexts of this process.</summary>
internal static class LoadedAssemblies
{
    /// <summary>Loads all libraries of tac files and plugins, because their files may be unreachable later.</summary>
    public static void LoadLibraries()
    {
        foreach (var context in AssemblyLoadContext.All.OfType<IsolatedLoadContext>().ToList())
            context.LoadLibraries();
    }

    /// <summary>Loads all direct and indirect references of the loaded assemblies, because their files will be unreachable later.</summary>
    public static void LoadWhatTheyReferTo()
    {
        HashSet<string> seen = [];
        var left = new Queue<Assembly>(AppDomain.CurrentDomain.GetAssemblies());
        while (left.TryDequeue(out var assembly))
        {
            var context = AssemblyLoadContext.GetLoadContext(assembly)!;
            foreach (var name in assembly.GetReferencedAssemblies())
            {
                if (!seen.Add($"{context.Name}/{name.Name}"))
                    continue;
                try
                {
                    left.Enqueue(context.LoadFromAssemblyName(name));
                }
                catch (Exception e) when (e is IOException or BadImageFormatException)
                {
                    // A reference that cannot be resolved now would also fail later, if it is used at all.
                }
            }
        }
    }
}
