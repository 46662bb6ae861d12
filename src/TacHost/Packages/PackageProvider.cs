using NuGet.Common;
using NuGet.Configuration;
using NuGet.DependencyResolver;
using NuGet.Frameworks;
using NuGet.LibraryModel;
using NuGet.Packaging;
using NuGet.Packaging.Core;
using NuGet.Protocol.Core.Types;
using NuGet.Versioning;
using TacHost.Loading;

namespace TacHost.Packages;

/// <summary>A source of packages for NuGet's resolver.</summary>
internal sealed class PackageProvider(SourceRepository repository) : IRemoteDependencyProvider
{
    public bool IsHttp => repository.PackageSource.IsHttp;

    public PackageSource Source => repository.PackageSource;

    public SourceRepository SourceRepository => repository;

    public async Task<LibraryIdentity?> FindLibraryAsync(LibraryRange libraryRange, NuGetFramework targetFramework, SourceCacheContext cacheContext, ILogger logger, CancellationToken cancellationToken)
    {
        var versions = await GetAllVersionsAsync(libraryRange.Name, cacheContext, logger, cancellationToken);
        return libraryRange.VersionRange!.FindBestMatch(versions ?? []) is { } best ? new LibraryIdentity(libraryRange.Name, best, LibraryType.Package) : null;
    }

    public async Task<LibraryDependencyInfo> GetDependenciesAsync(LibraryIdentity libraryIdentity, NuGetFramework targetFramework, SourceCacheContext cacheContext, ILogger logger, CancellationToken cancellationToken)
    {
        var resource = await PackageSources.PackagesOfAsync(repository, cancellationToken);
        var info = await resource.GetDependencyInfoAsync(libraryIdentity.Name, libraryIdentity.Version, cacheContext, logger, cancellationToken);
        if (info is null)
            return LibraryDependencyInfo.CreateUnresolved(libraryIdentity, targetFramework);
        var group = NuGetFrameworkUtility.GetNearest(info.DependencyGroups, targetFramework, each => each.TargetFramework);

        // The package defines the spelling of its ID, not the tac file.
        return LibraryDependencyInfo.Create(new LibraryIdentity(info.PackageIdentity.Id, info.PackageIdentity.Version, LibraryType.Package), targetFramework, [.. (group?.Packages ?? []).Where(each => !IsInFramework(each.Id)).Select(ToDependency)]);
    }

    public async Task<IPackageDownloader> GetPackageDownloaderAsync(PackageIdentity packageIdentity, SourceCacheContext cacheContext, ILogger logger, CancellationToken cancellationToken)
    {
        var resource = await PackageSources.PackagesOfAsync(repository, cancellationToken);
        return await resource.GetPackageDownloaderAsync(packageIdentity, cacheContext, logger, cancellationToken) ?? throw new PackagingException($"'{Source.Source}' has no package '{packageIdentity}'");
    }

    public async Task<IEnumerable<NuGetVersion>?> GetAllVersionsAsync(string id, SourceCacheContext cacheContext, ILogger logger, CancellationToken token)
    {
        var resource = await PackageSources.PackagesOfAsync(repository, token);
        return await resource.GetAllVersionsAsync(id, cacheContext, logger, token) ?? [];
    }

    /// <summary>Returns true for packages whose content is part of .NET, which always has priority.</summary>
    private static bool IsInFramework(string id) => Framework.Find(id) is not null || id is "NETStandard.Library" or "Microsoft.NETCore.Platforms" or "Microsoft.NETCore.Targets";

    private static LibraryDependency ToDependency(PackageDependency dependency) =>
        new(new LibraryRange(dependency.Id, dependency.VersionRange, LibraryDependencyTarget.Package));
}
