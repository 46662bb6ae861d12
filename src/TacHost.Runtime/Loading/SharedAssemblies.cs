using System.Reflection;
using System.Runtime.Loader;

namespace TacHost.Loading;

/// <summary>The assemblies that a tac file or a plugin shares with the host: the contract, its direct and indirect references, and .NET itself.</summary>
internal sealed class SharedAssemblies
{
    private readonly Dictionary<string, AssemblyName> _direct;

    /// <summary>Created on first use, because it loads assemblies that most starts do not need.</summary>
    private readonly Lazy<Dictionary<string, AssemblyName>> _all;

    public SharedAssemblies(Assembly contract)
    {
        _direct = new(StringComparer.OrdinalIgnoreCase);
        foreach (var name in contract.GetReferencedAssemblies())
            _direct[name.Name!] = name;
        _direct[contract.GetName().Name!] = contract.GetName();
        _all = new(() => WithIndirect(_direct));
    }

    /// <summary>Returns whether an assembly with this name is always taken from the host or .NET.</summary>
    public bool Contains(string name) => IsOfTheHost(name) || Framework.Find(name) is not null;

    private bool IsOfTheHost(string name) =>
        _direct.ContainsKey(name) || (File.Exists(Path.Combine(AppContext.BaseDirectory, name + ".dll")) && _all.Value.ContainsKey(name));

    private static Dictionary<string, AssemblyName> WithIndirect(Dictionary<string, AssemblyName> direct)
    {
        Dictionary<string, AssemblyName> all = new(direct, direct.Comparer);
        Queue<AssemblyName> left = new(direct.Values);
        while (left.TryDequeue(out var next))
        {
            if (Framework.Find(next.Name!) is not null)
                continue;
            foreach (var name in AssemblyLoadContext.Default.LoadFromAssemblyName(next).GetReferencedAssemblies())
            {
                if (all.TryAdd(name.Name!, name))
                    left.Enqueue(name);
            }
        }

        return all;
    }
}
