using System.Reflection;
using System.Runtime.Loader;

namespace TacHost.Loading;

/// <summary>Loads an optional part of the host, which is in its own directory with its libraries.</summary>
internal static class PartLoading
{
    /// <summary>Creates an object of a type in such a part.</summary>
    /// <param name="assembly">The path of the assembly.</param>
    /// <param name="type">The full name of the type.</param>
    /// <param name="arguments">The arguments of its constructor.</param>
    public static T Create<T>(string assembly, string type, params object[] arguments)
        where T : class =>
        (T)Activator.CreateInstance(new PartLoadContext(assembly).LoadFromAssemblyPath(assembly).GetType(type, throwOnError: true)!, BindingFlags.Public | BindingFlags.Instance, null, arguments, null)!;

    /// <summary>Uses the assemblies of the host, and otherwise those in the directory of the part.</summary>
    private sealed class PartLoadContext(string assembly) : AssemblyLoadContext(Path.GetFileNameWithoutExtension(assembly))
    {
        private readonly string _directory = Path.GetDirectoryName(assembly)!;

        protected override Assembly? Load(AssemblyName assemblyName)
        {
            var beside = Path.Combine(_directory, assemblyName.Name + ".dll");
            return Framework.Find(assemblyName.Name!) is null && !File.Exists(Path.Combine(AppContext.BaseDirectory, assemblyName.Name + ".dll")) && File.Exists(beside) ? LoadFromAssemblyPath(beside) : null;
        }
    }
}
