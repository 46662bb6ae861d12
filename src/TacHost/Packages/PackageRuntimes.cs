using NuGet.RuntimeModel;
using TacHost.Loading;

namespace TacHost.Packages;

/// <summary>The dependencies that packages have only for some runtime identifiers, from their files <c>runtime.json</c>.</summary>
internal static class PackageRuntimes
{
    private const string FileName = "runtime.json", Prefix = "linux-";

    /// <summary>Gets the portable runtime identifier of this machine, such as <c>linux-x64</c>.</summary>
    public static string Identifier { get; } = LibraryFiles.RuntimeIdentifiers.First(identifier => identifier.StartsWith(Prefix, StringComparison.Ordinal) && identifier.Length > Prefix.Length);

    /// <summary>Gets the identifiers of this machine, each followed by all more general ones, as in the runtime graph of .NET.</summary>
    public static RuntimeGraph OfThisMachine { get; } =
        new(LibraryFiles.RuntimeIdentifiers.Select((identifier, i) => new RuntimeDescription(identifier, LibraryFiles.RuntimeIdentifiers.Skip(i + 1).Append("any"))));

    /// <summary>Returns the graph with the dependencies, or null if there are none for this machine.</summary>
    /// <param name="packages">The names and directories of the packages.</param>
    public static RuntimeGraph? Read(IReadOnlyList<(string Id, string Directory)> packages)
    {
        var graph = packages.Select(package => Path.Combine(package.Directory, FileName)).Where(File.Exists).Aggregate(OfThisMachine, (all, file) => RuntimeGraph.Merge(all, JsonRuntimeFormat.ReadRuntimeGraph(file)));
        return packages.Any(package => graph.FindRuntimeDependencies(Identifier, package.Id).Any()) ? graph : null;
    }
}
