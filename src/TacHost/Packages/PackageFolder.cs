using NuGet.Common;
using NuGet.Configuration;
using NuGet.Packaging;
using NuGet.Packaging.Core;
using NuGet.Packaging.Signing;
using NuGet.Protocol;
using NuGet.Protocol.Core.Types;
using NuGet.Versioning;
using TacHost.Loading;
using TacHost.Native;

namespace TacHost.Packages;

/// <summary>The folder for extracted packages: the user's global folder, or another one with the same layout.</summary>
internal sealed class PackageFolder
{
    private const string BesideTac = "packages";

    private readonly VersionFolderPathResolver _paths;
    private readonly List<VersionFolderPathResolver> _used;
    private readonly List<VersionFolderPathResolver> _others = [];
    private readonly PackageExtractionContext _extraction;

    /// <param name="sources">The configuration.</param>
    /// <param name="named">The folder, or null for the global one.</param>
    /// <param name="directory">The directory of the tac file. Its subdirectory <c>packages/</c> is searched first.</param>
    /// <exception cref="TacHostException">The folder cannot be trusted.</exception>
    public PackageFolder(PackageSources sources, string? named, string directory)
    {
        var global = SettingsUtility.GetGlobalPackagesFolder(sources.Settings);
        var path = named ?? global;
        _paths = new VersionFolderPathResolver(path);
        _used = [_paths];
        if (named is null && Path.Combine(directory, BesideTac) is var beside && Directory.Exists(beside))
            _used.Insert(0, new VersionFolderPathResolver(beside));
        if (named is not null && CodeFile.ExplainSearchDistrust(global, isNamed: true) is null)
            _others.Add(new VersionFolderPathResolver(global));
        _extraction = new PackageExtractionContext(PackageSaveMode.Defaultv3, XmlDocFileSaveMode.None, ClientPolicyContext.GetClientPolicy(sources.Settings, NullLogger.Instance), NullLogger.Instance);
        RequireTrust(path);
    }

    /// <summary>Gets the extracted packages on this machine as sources. An exact version among them can be restored without a network.</summary>
    public IEnumerable<SourceRepository> Repositories =>
        _used.Concat(_others).Where(paths => Directory.Exists(paths.RootPath)).Select(paths => Repository.Factory.GetCoreV3(paths.RootPath, FeedType.FileSystemV3));

    public string? Find(PackageIdentity package) =>
        _used.Where(paths => File.Exists(paths.GetNupkgMetadataPath(package.Id, package.Version)))
            .Select(paths => paths.GetInstallPath(package.Id, package.Version)).FirstOrDefault();

    /// <summary>Extracts a package into the folder, from this machine or from one of the sources.</summary>
    public async Task<bool> InstallAsync(PackageIdentity package, PackageSources sources, SourceCacheContext cache, CancellationToken cancellationToken)
    {
        foreach (var repository in Repositories.Concat(sources.RepositoriesOf(package.Id)))
        {
            var resource = await PackageSources.PackagesOfAsync(repository, cancellationToken);
            using var downloader = await resource.GetPackageDownloaderAsync(package, cache, NullLogger.Instance, cancellationToken);
            if (downloader is not null && await PackageExtractor.InstallFromSourceAsync(package, downloader, _paths, _extraction, cancellationToken, Guid.NewGuid()))
                return true;
        }

        return false;
    }

    public static PackageIdentity Identity(LockedPackage package) => new(package.Id, NuGetVersion.Parse(package.Version));

    /// <summary>Requires that no other user can change the folder if the current user is root, because its code will be executed.</summary>
    private static void RequireTrust(string path)
    {
        if (LibcAccounts.GetEuid() != 0)
            return;
        Directory.CreateDirectory(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute | UnixFileMode.GroupRead | UnixFileMode.GroupExecute | UnixFileMode.OtherRead | UnixFileMode.OtherExecute);
        if (CodeFile.ExplainSearchDistrust(path, isNamed: true) is { } reason)
            throw new TacHostException(ExitCode.NoPermission, $"packages are not restored into '{path}' as root: {reason}.\n  Name another folder in NUGET_PACKAGES.");
    }
}
