using System.Reflection;
using System.Runtime.InteropServices;

namespace TacHost.Loading;

/// <summary>The assemblies that a loaded tac or plugin has in common with the host: the contract, what that refers to, and .NET itself.</summary>
internal sealed class SharedAssemblies(Assembly contract)
{
    private readonly Dictionary<string, AssemblyName> _ofTheHost = NamesOf(contract);

    /// <summary>Whether an assembly of that name is never taken from anywhere else.</summary>
    public bool Contains(string name) => _ofTheHost.ContainsKey(name) || FindInRuntime(name) is not null;

    /// <summary>The version that there is; null if none is shared.</summary>
    public Version? VersionOf(string name)
    {
        if (FindInRuntime(name) is { } path)
            return AssemblyName.GetAssemblyName(path).Version;
        if (!_ofTheHost.TryGetValue(name, out var ofTheHost))
            return AspNetCore.Directory is { } directory && Path.Combine(directory, name + ".dll") is var framework && File.Exists(framework) ? AssemblyName.GetAssemblyName(framework).Version : null;

        // What the contract was built against says less than what lies here.
        var own = Path.Combine(AppContext.BaseDirectory, name + ".dll");
        return File.Exists(own) ? AssemblyName.GetAssemblyName(own).Version : ofTheHost.Version;
    }

    private static Dictionary<string, AssemblyName> NamesOf(Assembly contract)
    {
        Dictionary<string, AssemblyName> names = new(StringComparer.OrdinalIgnoreCase);
        foreach (var name in contract.GetReferencedAssemblies())
            names[name.Name!] = name;
        names[contract.GetName().Name!] = contract.GetName();
        return names;
    }

    private static string? FindInRuntime(string name) =>
        Path.Combine(RuntimeEnvironment.GetRuntimeDirectory(), name + ".dll") is var path && File.Exists(path) ? path : null;
}
