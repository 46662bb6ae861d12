using System.Reflection;
using System.Runtime.Loader;

namespace TacHost.Loading;

/// <summary>The assemblies in all load contexts of this process.</summary>
internal static class LoadedAssemblies
{
    /// <summary>Loads all direct and indirect references of the loaded assemblies, because their files will be unreachable later.</summary>
    /// <param name="except">The prefix of assembly names to skip.</param>
    public static void LoadWhatTheyReferTo(string except)
    {
        HashSet<string> seen = [];
        var left = new Queue<Assembly>(AppDomain.CurrentDomain.GetAssemblies());
        while (left.TryDequeue(out var assembly))
        {
            var context = AssemblyLoadContext.GetLoadContext(assembly)!;
            foreach (var name in assembly.GetReferencedAssemblies().Where(name => !name.Name!.StartsWith(except, StringComparison.Ordinal)))
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
