using TacHost.CommandLine;
using TacHost.Loading;

namespace TacHost.Fleet;

/// <summary>Finds the placement of a cluster, which is a plugin.</summary>
internal static class Placements
{
    private const string Assembly = "plugins/cluster/TacHost.Cluster.dll", OfPeers = "TacHost.Cluster.ClusterPlacement", OfPostgres = "TacHost.Cluster.PostgresPlacement";

    /// <summary>Creates the placement for a node.</summary>
    /// <param name="options">The options of the node.</param>
    /// <param name="longestStop">The maximum time until a deployment is off, including a start that is under way.</param>
    /// <param name="directory">The directory for the persistent state of the node.</param>
    /// <exception cref="TacHostException">The plugin is not installed.</exception>
    public static IPlacement Create(ClusterOptions options, TimeSpan longestStop, string directory)
    {
        var assembly = Path.Combine(AppContext.BaseDirectory, Assembly);
        return File.Exists(assembly)
            ? PartLoading.Create<IPlacement>(assembly, options.Postgres is null ? OfPeers : OfPostgres, options, longestStop, directory)
            : throw new TacHostException(ExitCode.Unavailable, $"this installation has no plugin for clusters: '{assembly}' does not exist. Install it.");
    }
}
