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

    private readonly Lazy<PackageSources> _sources;
    private readonly VersionFolderPathResolver? _beside;
    private readonly Lazy<VersionFolderPathResolver> _main;
    private readonly bool _isNamed;

    /// <param name="sources">The configuration, which is not read if all packages are beside the tac file.</param>
    /// <param name="named">The folder, or null for the global one.</param>
    /// <param name="directory">The directory of the tac file. Its subdirectory <c>packages/</c> is searched first.</param>
    public PackageFolder(Lazy<PackageSources> sources, string? named, string directory)
    {
        (_sources, _isNamed) = (sources, named is not null);
        _main = new(() => new VersionFolderPathResolver(named ?? Global));
        if (named is null && Path.Combine(directory, BesideTac) is var beside && Directory.Exists(beside))
            _beside = new VersionFolderPathResolver(beside);
    }

    private string Global => SettingsUtility.GetGlobalPackagesFolder(_sources.Value.Settings);

    /// <summary>Gets the extracted packages on this machine as sources. An exact version among them can be restored without a network.</summary>
    public IEnumerable<SourceRepository> Repositories
    {
        get
        {
            List<string> folders = [.. _beside is null ? [] : (string[])[_beside.RootPath], _main.Value.RootPath];
            if (_isNamed && CodeFile.ExplainSearchDistrust(Global, isNamed: true) is null)
                folders.Add(Global);
            return folders.Where(Directory.Exists).Select(folder => Repository.Factory.GetCoreV3(folder, FeedType.FileSystemV3));
        }
    }

    /// <summary>Returns the directory of an extracted package, or null if there is none.</summary>
    /// <exception cref="TacHostException">The package is in a folder that cannot be trusted.</exception>
    public string? Find(PackageIdentity package)
    {
        if (_beside is not null && Has(_beside, package))
            return _beside.GetInstallPath(package.Id, package.Version);
        if (!Has(_main.Value, package))
            return null;
        RequireTrust(_main.Value.RootPath);
        return _main.Value.GetInstallPath(package.Id, package.Version);
    }

    /// <summary>Extracts a package into the folder, from this machine or from one of the sources.</summary>
    /// <exception cref="TacHostException">The folder cannot be trusted.</exception>
    public async Task<bool> InstallAsync(PackageIdentity package, SourceCacheContext cache, CancellationToken cancellationToken)
    {
        RequireTrust(_main.Value.RootPath);
        var sources = _sources.Value;
        PackageExtractionContext extraction = new(PackageSaveMode.Defaultv3, XmlDocFileSaveMode.None, ClientPolicyContext.GetClientPolicy(sources.Settings, NullLogger.Instance), NullLogger.Instance);
        foreach (var repository in Repositories.Concat(sources.RepositoriesOf(package.Id)))
        {
            var resource = await PackageSources.PackagesOfAsync(repository, cancellationToken);
            using var downloader = await resource.GetPackageDownloaderAsync(package, cache, NullLogger.Instance, cancellationToken);
            if (downloader is not null && await PackageExtractor.InstallFromSourceAsync(package, downloader, _main.Value, extraction, cancellationToken, Guid.NewGuid()))
                return true;
        }

        return false;
    }

    public static PackageIdentity Identity(LockedPackage package) => new(package.Id, NuGetVersion.Parse(package.Version));

    private static bool Has(VersionFolderPathResolver paths, PackageIdentity package) => File.Exists(paths.GetNupkgMetadataPath(package.Id, package.Version));

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
