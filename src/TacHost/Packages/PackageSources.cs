using NuGet.Configuration;
using NuGet.Protocol;
using NuGet.Protocol.Core.Types;

namespace TacHost.Packages;

/// <summary>The sources and the folder of packages: those of the user's <c>nuget.config</c>, and the sources that the tac file adds.</summary>
internal sealed class PackageSources
{
    private PackageSources(ISettings settings, IReadOnlyList<SourceRepository> repositories) => (Settings, Repositories) = (settings, repositories);

    public ISettings Settings { get; }

    public IReadOnlyList<SourceRepository> Repositories { get; }

    /// <summary>Gets the names of the sources, for messages.</summary>
    public string Names => Repositories.Count == 0 ? "no source" : string.Join(", ", Repositories.Select(each => $"'{each.PackageSource.Source}'"));

    /// <summary>Returns the resource that downloads packages of a source.</summary>
    public static async Task<FindPackageByIdResource> PackagesOfAsync(SourceRepository repository, CancellationToken cancellationToken) =>
        await repository.GetResourceAsync<FindPackageByIdResource>(cancellationToken)
        ?? throw new TacHostException(ExitCode.Unavailable, $"'{repository.PackageSource.Source}' is not a source of packages that can be read.");

    /// <summary>Reads the configuration for a directory.</summary>
    /// <param name="directory">The directory of the tac file.</param>
    /// <param name="added">The sources of <c>#i</c>: URLs or absolute paths.</param>
    /// <exception cref="TacHostException">The configuration cannot be read.</exception>
    public static PackageSources Read(string directory, IReadOnlyList<string> added)
    {
        try
        {
            var settings = NuGet.Configuration.Settings.LoadDefaultSettings(directory);
            var sources = new PackageSourceProvider(settings).LoadPackageSources().Where(source => source.IsEnabled).Concat(added.Select(source => new PackageSource(source)));
            return new PackageSources(settings, [.. sources.DistinctBy(source => source.Source).Select(source => Repository.Factory.GetCoreV3(source))]);
        }
        catch (NuGetConfigurationException e)
        {
            throw new TacHostException(ExitCode.BadTac, $"the configuration of NuGet cannot be used: {e.Message}", e);
        }
    }
}
