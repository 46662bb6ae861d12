using NuGet.Configuration;
using NuGet.Protocol;
using NuGet.Protocol.Core.Types;
using TacHost.Loading;

namespace TacHost.Packages;

/// <summary>The sources and the folder of packages: those of the user's <c>nuget.config</c>, and the sources that the tac file adds.</summary>
internal sealed class PackageSources
{
    private PackageSources(ISettings settings, IReadOnlyList<SourceRepository> repositories) =>
        (Settings, Repositories, Mapping) = (settings, repositories, PackageSourceMapping.GetPackageSourceMapping(settings));

    public ISettings Settings { get; }

    /// <summary>Gets the source mapping of the configuration.</summary>
    public PackageSourceMapping Mapping { get; }

    public IReadOnlyList<SourceRepository> Repositories { get; }

    /// <summary>Returns the sources of a package, which the source mapping restricts.</summary>
    public IEnumerable<SourceRepository> RepositoriesOf(string id)
    {
        var allowed = Mapping.IsEnabled ? Mapping.GetConfiguredPackageSources(id) : null;
        return Repositories.Where(each => allowed is null || allowed.Contains(each.PackageSource.Name));
    }

    /// <summary>Returns the sources of a package, for messages.</summary>
    public string NamesFor(string id)
    {
        var names = string.Join(", ", RepositoriesOf(id).Select(each => $"'{each.PackageSource.Source}'"));
        return (names.Length > 0 ? names : "no source") + (Mapping.IsEnabled ? ", according to packageSourceMapping in nuget.config" : "");
    }

    public static async Task<FindPackageByIdResource> PackagesOfAsync(SourceRepository repository, CancellationToken cancellationToken) =>
        await repository.GetResourceAsync<FindPackageByIdResource>(cancellationToken)
        ?? throw new TacHostException(ExitCode.Unavailable, $"'{repository.PackageSource.Source}' is not a source of packages that can be read.");

    /// <summary>Reads the configuration for a directory.</summary>
    /// <param name="directory">The directory of the tac file.</param>
    /// <param name="added">The sources of <c>#i</c>: URLs or absolute paths.</param>
    /// <exception cref="TacHostException">The configuration cannot be read or trusted, or a source is not encrypted.</exception>
    public static PackageSources Read(string directory, IReadOnlyList<string> added)
    {
        try
        {
            var settings = NuGet.Configuration.Settings.LoadDefaultSettings(directory);
            foreach (var file in settings.GetConfigFilePaths())
                RequireTrust(file);
            List<PackageSource> sources = [.. new PackageSourceProvider(settings).LoadPackageSources().Where(source => source.IsEnabled).Concat(added.Select(source => new PackageSource(source))).DistinctBy(source => source.Source)];
            if (sources.Find(source => source is { IsHttp: true, IsHttps: false, AllowInsecureConnections: false }) is { } insecure)
                throw new TacHostException(ExitCode.BadTac, $"the source '{insecure.Source}' of packages is not encrypted.\n  Use https, or allow it in nuget.config with allowInsecureConnections=\"true\".");
            return new PackageSources(settings, [.. sources.Select(source => Repository.Factory.GetCoreV3(source))]);
        }
        catch (NuGetConfigurationException e)
        {
            throw new TacHostException(ExitCode.BadTac, $"the configuration of NuGet cannot be used: {e.Message}", e);
        }
    }
    /// <summary>Requires that no other user can change a configuration file if the current user is root, because it names the sources of code.</summary>
    private static void RequireTrust(string file)
    {
        try
        {
            CodeFile.RequireTrust(file);
        }
        catch (UntrustedCodeException e)
        {
            throw new TacHostException(ExitCode.NoPermission, $"the configuration of NuGet '{file}' is not used as root, because {e.Reason}.\n  Remove the file, or change the owner of the file and its directories to root.", e);
        }
    }
}
