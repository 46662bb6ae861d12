using NuGet.Client;
using NuGet.ContentModel;
using NuGet.Frameworks;
using TacHost.Loading;

namespace TacHost.Packages;

/// <summary>Selects the files of a package for this framework and this machine.</summary>
internal sealed class PackageAssets
{
    private readonly NuGetFramework _framework;
    private readonly ManagedCodeConventions _conventions;

    public PackageAssets(NuGetFramework framework)
    {
        _framework = framework;
        _conventions = new ManagedCodeConventions(PackageRuntimes.OfThisMachine);
    }

    /// <summary>Returns the files relative to the package, or null if the package has assemblies but none for this framework.</summary>
    public (IReadOnlyList<string> Compile, IReadOnlyList<string> Run)? Choose(IEnumerable<string> files)
    {
        ContentItemCollection items = new();
        items.Load(files);
        var criteria = _conventions.Criteria.ForFrameworkAndRuntime(_framework, LibraryFiles.RuntimeIdentifiers[0]);
        var run = items.FindBestItemGroup(criteria, _conventions.Patterns.RuntimeAssemblies);
        var native = items.FindBestItemGroup(_conventions.Criteria.ForRuntime(LibraryFiles.RuntimeIdentifiers[0]), _conventions.Patterns.NativeLibraries);
        var translations = items.FindBestItemGroup(criteria, _conventions.Patterns.ResourceAssemblies);
        var compile = items.FindBestItemGroup(_conventions.Criteria.ForFramework(_framework), _conventions.Patterns.CompileRefAssemblies, _conventions.Patterns.CompileLibAssemblies) ?? run;
        if (run is null && items.FindItems(_conventions.Patterns.RuntimeAssemblies).Any())
            return null;
        return (Assemblies(compile), [.. Assemblies(run), .. Paths(native), .. Paths(translations)]);
    }

    private static IReadOnlyList<string> Assemblies(ContentItemGroup? group) => [.. Paths(group).Where(path => path.EndsWith(".dll", StringComparison.OrdinalIgnoreCase))];

    /// <summary>Returns the paths of a group. An empty file <c>_._</c> represents an empty group.</summary>
    private static IEnumerable<string> Paths(ContentItemGroup? group) => group is null ? [] : group.Items.Select(item => item.Path).Where(path => Path.GetFileName(path) != "_._");
}
