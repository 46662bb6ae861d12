using System.Reflection;
using System.Runtime.Loader;

namespace TacHost.Loading;

/// <summary>The libraries that an application has loaded since its start, so that a reload shares those that have not changed. Their types are then the same before and after.</summary>
/// <remarks>
/// A library is unchanged if its module version id and those of all its references are equal. References to .NET and the host do not count. A changed reference would otherwise stay bound to its old version.
/// Contexts are held weakly, so that the code of a past reload can be unloaded.
/// </remarks>
internal sealed class LoadedLibraries
{
    private readonly Lock _gate = new();
    private readonly List<WeakReference<IsolatedLoadContext>> _contexts = [];
    private readonly Dictionary<string, (DateTime Time, long Length, Guid Version)> _versions = new(StringComparer.Ordinal);

    /// <summary>Gets a context that stays loaded, for the libraries that come with the host; or null if each context loads them. .NET uses their precompiled code only there.</summary>
    public IsolatedLoadContext? OfTheHost { get; init; }

    public void Add(IsolatedLoadContext context)
    {
        lock (_gate)
        {
            _contexts.RemoveAll(each => !each.TryGetTarget(out var other) || other == context);
            _contexts.Add(new WeakReference<IsolatedLoadContext>(context));
        }
    }

    /// <summary>Returns the loaded library that is the same as the one at a path, or null.</summary>
    /// <param name="name">Its simple name.</param>
    /// <param name="path">The file.</param>
    /// <param name="asking">The context that needs it, which resolves the references of the library.</param>
    public Assembly? Find(string name, string path, IsolatedLoadContext asking)
    {
        foreach (var context in Contexts())
        {
            if (context == asking)
                continue;
            foreach (var assembly in context.Assemblies)
            {
                if (!IsolatedLoadContext.IsMainCode(assembly) && string.Equals(assembly.GetName().Name, name, StringComparison.OrdinalIgnoreCase)
                    && assembly.ManifestModule.ModuleVersionId == VersionOf(path) && RefersToTheSame(assembly, context, asking))
                    return assembly;
            }
        }

        return null;
    }

    /// <summary>Returns the loaded code that is the same as other code, the last of its assemblies, or null.</summary>
    public Assembly? FindMain(IReadOnlyList<CodeImage> code, IsolatedLoadContext asking)
    {
        List<Guid> versions = [.. code.Select(each => VersionOf(each.Image))];
        foreach (var context in Contexts())
        {
            if (context.MainIfSame(versions) is { } main && RefersToTheSame(main, context, asking))
                return main;
        }

        return null;
    }

    private List<IsolatedLoadContext> Contexts()
    {
        List<IsolatedLoadContext> contexts = [];
        lock (_gate)
        {
            foreach (var reference in _contexts)
            {
                if (reference.TryGetTarget(out var context))
                    contexts.Add(context);
            }
        }

        return contexts;
    }

    private static bool RefersToTheSame(Assembly assembly, IsolatedLoadContext context, IsolatedLoadContext asking)
    {
        foreach (var name in assembly.GetReferencedAssemblies())
        {
            if (!asking.IsShared(name) && context.TryLoad(name) != asking.TryLoad(name))
                return false;
        }

        return true;
    }

    /// <summary>Returns the module version ID of a file. Reflection returns it only for loaded assemblies.</summary>
    private Guid VersionOf(string path)
    {
        FileInfo file = new(path);
        lock (_versions)
        {
            if (_versions.TryGetValue(path, out var known) && known.Time == file.LastWriteTimeUtc && known.Length == file.Length)
                return known.Version;
        }

        var version = VersionOf(CodeFile.ReadAllBytes(path));
        lock (_versions)
            _versions[path] = (file.LastWriteTimeUtc, file.Length, version);
        return version;
    }

    private static Guid VersionOf(byte[] image)
    {
        AssemblyLoadContext look = new("look", isCollectible: true);
        try
        {
            return look.LoadFromStream(new MemoryStream(image)).ManifestModule.ModuleVersionId;
        }
        finally
        {
            look.Unload();
        }
    }
}
