using NuGet.Common;
using NuGet.DependencyResolver;
using NuGet.Frameworks;
using NuGet.LibraryModel;
using NuGet.Packaging.Core;
using NuGet.Protocol.Core.Types;
using NuGet.RuntimeModel;
using NuGet.Versioning;

namespace TacHost.Packages;

/// <summary>Finds which packages, in which versions, some directives come to: NuGet's own way, of the version nearest to the tac file.</summary>
internal sealed class PackageResolution(PackageSources sources, PackageFolder folder, SourceCacheContext cache, NuGetFramework framework)
{
    private const string Root = "tac";

    /// <param name="directives">The packages that the tac file asks for.</param>
    /// <param name="runtimes">The dependencies for this machine alone, or null for none.</param>
    /// <exception cref="TacHostException">A package is not there, or they do not go together.</exception>
    public async Task<IReadOnlyList<PackageIdentity>> ResolveAsync(IReadOnlyList<PackageDirective> directives, RuntimeGraph? runtimes)
    {
        RemoteWalkContext context = new(cache, sources.Mapping, NullLogger.Instance);
        context.ProjectLibraryProviders.Add(new RootProvider(directives));
        foreach (var repository in folder.Repositories)
            context.LocalLibraryProviders.Add(new PackageProvider(repository));
        foreach (var repository in sources.Repositories)
            context.RemoteLibraryProviders.Add(new PackageProvider(repository));
        var root = await new RemoteDependencyWalker(context).WalkAsync(new LibraryRange(Root, VersionRange.All, LibraryDependencyTarget.Project), framework, runtimes is null ? null : PackageRuntimes.Identifier, runtimes ?? RuntimeGraph.Empty, recursive: true);
        var analysis = GraphOperations.Analyze(root);
        List<PackageIdentity> packages = [];
        LibraryRange? missing = null;
        GraphOperations.ForEach(root, node =>
        {
            if (node.Disposition == Disposition.Rejected || node.Item is null || node.Key.Name == Root)
                return;
            if (node.Item.Key.Type == LibraryType.Unresolved)
                missing ??= node.Key;
            else if (node.Item.Key.Type == LibraryType.Package && !packages.Exists(package => package.Id.Equals(node.Item.Key.Name, StringComparison.OrdinalIgnoreCase)))
                packages.Add(new PackageIdentity(node.Item.Key.Name, node.Item.Key.Version));
        });
        if (missing is not null)
            throw NotFound(missing, directives);
        if (analysis.VersionConflicts.FirstOrDefault() is { } conflict)
            throw new TacHostException(ExitCode.BadTac, $"packages conflict: {GraphOperations.GetPathWithLastRange(conflict.Selected)}, but {GraphOperations.GetPathWithLastRange(conflict.Conflicting)}.\n  Name a version that suits both with #r \"nuget: {conflict.Selected.Key.Name}, VERSION\".");
        if (analysis.Downgrades.FirstOrDefault() is { } downgrade)
            throw new TacHostException(ExitCode.BadTac, $"a package is requested in an older version than another package requires: {GraphOperations.GetPathWithLastRange(downgrade.DowngradedFrom)}, but {GraphOperations.GetPathWithLastRange(downgrade.DowngradedTo)}.\n  Name the newer version.");
        return [.. packages.OrderBy(package => package.Id, StringComparer.OrdinalIgnoreCase)];
    }

    private TacHostException NotFound(LibraryRange missing, IReadOnlyList<PackageDirective> directives)
    {
        var asked = directives.FirstOrDefault(each => each.Id.Equals(missing.Name, StringComparison.OrdinalIgnoreCase));
        var version = missing.VersionRange is null || missing.VersionRange.Equals(VersionRange.All) ? "" : $" in version {missing.VersionRange.OriginalString ?? missing.VersionRange.ToNormalizedString()}";
        var text = $"there is no package '{missing.Name}'{version}{(asked is null ? ", on which another one depends" : $", which '{SourceLine.Shortened(asked.File)}' asks for")}. Looked for in {sources.NamesFor(missing.Name)}.\n  Check name and version, or add its source with #i \"nuget: SOURCE\" or in nuget.config.";
        return asked is null ? new TacHostException(ExitCode.Unavailable, text) : new TacHostException(ExitCode.Unavailable, text) { Findings = SourceLine.Refusal(asked.File, asked.Line, text, ExitCode.Unavailable).Findings };
    }

    /// <summary>The tac file as the package that depends on all others.</summary>
    private sealed class RootProvider(IReadOnlyList<PackageDirective> directives) : IDependencyProvider
    {
        public bool SupportsType(LibraryDependencyTarget libraryTypeFlag) => libraryTypeFlag.HasFlag(LibraryDependencyTarget.Project);

        public Library? GetLibrary(LibraryRange libraryRange, NuGetFramework framework) => GetLibrary(libraryRange, framework, null);

        public Library? GetLibrary(LibraryRange libraryRange, NuGetFramework framework, string? alias) => libraryRange.Name != Root ? null : new Library
        {
            LibraryRange = libraryRange,
            Identity = new LibraryIdentity(Root, new NuGetVersion(1, 0, 0), LibraryType.Project),
            Dependencies = [.. directives.Select(each => new LibraryDependency(new LibraryRange(each.Id, Range(each), LibraryDependencyTarget.Package)))],
            Resolved = true,
        };

        private static VersionRange Range(PackageDirective directive) =>
            directive.Version is null ? VersionRange.Parse("*")
            : VersionRange.TryParse(directive.Version, out var range) ? range
            : throw SourceLine.Refusal(directive.File, directive.Line, $"the file asks for the package '{directive.Id}' in version '{directive.Version}', which is not a version. Write such as 1.2.3, 1.2.* or [1.0,2.0).");
    }
}
