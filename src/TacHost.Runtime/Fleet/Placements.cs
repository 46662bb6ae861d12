using TacHost.CommandLine;
using TacHost.Loading;

namespace TacHost.Fleet;

/// <summary>Finds the placement of a cluster, which is a plugin.</summary>
internal static class Placements
{
    private const string Assembly = "plugins/cluster/TacHost.Cluster.dll", Type = "TacHost.Cluster.ClusterPlacement";

    /// <summary>Creates the placement for a node.</summary>
    /// <param name="options">The options of the node.</param>
    /// <param name="longestStop">How long a deployment may take to be off, a start that is under way included.</param>
    /// <exception cref="TacHostException">The plugin is not installed.</exception>
    public static IPlacement Create(ClusterOptions options, TimeSpan longestStop)
    {
        var assembly = Path.Combine(AppContext.BaseDirectory, Assembly);
        return File.Exists(assembly)
            ? PartLoading.Create<IPlacement>(assembly, Type, options, longestStop)
            : throw new TacHostException(ExitCode.Unavailable, $"this installation has no plugin for clusters: '{assembly}' does not exist. Install it.");
    }
}
