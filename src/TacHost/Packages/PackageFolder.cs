using NuGet.Common;
using NuGet.Configuration;
using NuGet.Packaging;
using NuGet.Packaging.Core;
using NuGet.Packaging.Signing;
using NuGet.Protocol;
using NuGet.Protocol.Core.Types;
using NuGet.Versioning;
using TacHost.Loading;

namespace TacHost.Packages;

/// <summary>The folder for extracted packages: the user's global folder, or another one with the same layout.</summary>
internal sealed class PackageFolder
{
    private const string BesideTac = "packages";

    private readonly VersionFolderPathResolver _paths;
    private readonly VersionFolderPathResolver? _beside;
    private readonly PackageExtractionContext _extraction;

    /// <param name="sources">The configuration.</param>
    /// <param name="named">The folder, or null for the global one.</param>
    /// <param name="directory">The directory of the tac file. Its subdirectory <c>packages/</c> is searched first.</param>
    /// <exception cref="TacHostException">The folder cannot be trusted.</exception>
    public PackageFolder(PackageSources sources, string? named, string directory)
    {
        var path = named ?? SettingsUtility.GetGlobalPackagesFolder(sources.Settings);
        _paths = new VersionFolderPathResolver(path);
        if (named is null && Path.Combine(directory, BesideTac) is var beside && Directory.Exists(beside))
            _beside = new VersionFolderPathResolver(beside);
        _extraction = new PackageExtractionContext(PackageSaveMode.Defaultv3, XmlDocFileSaveMode.None, ClientPolicyContext.GetClientPolicy(sources.Settings, NullLogger.Instance), NullLogger.Instance);
        RequireTrust(path);
    }

    /// <summary>Gets the extracted packages as sources. An exact version among them can be restored without a network.</summary>
    public IEnumerable<SourceRepository> Repositories =>
        new[] { _beside, _paths }.OfType<VersionFolderPathResolver>().Where(paths => Directory.Exists(paths.RootPath)).Select(paths => Repository.Factory.GetCoreV3(paths.RootPath, FeedType.FileSystemV3));

    /// <summary>Returns the directory of an extracted package, or null.</summary>
    public string? Find(PackageIdentity package) =>
        new[] { _beside, _paths }.OfType<VersionFolderPathResolver>().Where(paths => File.Exists(paths.GetNupkgMetadataPath(package.Id, package.Version)))
            .Select(paths => paths.GetInstallPath(package.Id, package.Version)).FirstOrDefault();

    /// <summary>Returns the content hash of an extracted package, calculated from its archive.</summary>
    public static string HashOf(string directory)
    {
        using var archive = new PackageArchiveReader(Directory.EnumerateFiles(directory, "*.nupkg").First());
        return archive.GetContentHash(CancellationToken.None, () => Convert.ToBase64String(System.Security.Cryptography.SHA512.HashData(File.ReadAllBytes(Directory.EnumerateFiles(directory, "*.nupkg").First()))));
    }

    /// <summary>Downloads and extracts a package, if one of the sources contains it.</summary>
    public async Task<bool> InstallAsync(PackageIdentity package, PackageSources sources, PackageSourceMapping mapping, SourceCacheContext cache, CancellationToken cancellationToken)
    {
        var allowed = mapping.IsEnabled ? mapping.GetConfiguredPackageSources(package.Id) : null;
        foreach (var repository in sources.Repositories)
        {
            if (allowed is not null && !allowed.Contains(repository.PackageSource.Name))
                continue;
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
        if (Environment.UserName != "root")
            return;
        Directory.CreateDirectory(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute | UnixFileMode.GroupRead | UnixFileMode.GroupExecute | UnixFileMode.OtherRead | UnixFileMode.OtherExecute);
        if (CodeFile.WhyNotSearch(path, isNamed: true) is { } reason)
            throw new TacHostException(ExitCode.NoPermission, $"packages are not restored into '{path}' as root: {reason}.\n  Name another folder in NUGET_PACKAGES.");
    }
}
