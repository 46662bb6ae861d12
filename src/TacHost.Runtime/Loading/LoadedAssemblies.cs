using System.Reflection;
using System.Runtime.Loader;

namespace TacHost.Loading;

/// <summary>The assemblies of this process, of all its load contexts.</summary>
internal static class LoadedAssemblies
{
    /// <summary>Loads all that they refer to, and what that refers to, for when the files will be out of reach.</summary>
    /// <param name="except">The beginning of the names that are left out.</param>
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
                    // A reference that nothing can satisfy would fail later too, if it is ever used.
                }
            }
        }
    }
}
