using Microsoft.Extensions.Logging;
using TacHost.CommandLine;
using TacHost.Hosting;
using TacHost.Loading;
using TacHost.Services;

namespace TacHost.Fleet.Groups;

/// <summary>The state that all applications of a group share.</summary>
/// <param name="directory">The directory of the tac files.</param>
/// <param name="places">The places of the logs and states of the applications.</param>
/// <param name="arguments">The command lines of the applications.</param>
internal sealed class GroupContext(string directory, FleetOptions places, UnitArguments arguments)
{
    private const string Plugins = "plugins";

    public string Directory => directory;

    /// <summary>Gets the places of the logs and states of the applications.</summary>
    public FleetOptions Places => places;

    /// <summary>Gets the command lines of the applications.</summary>
    public UnitArguments Arguments => arguments;

    public required HostProcess Process { get; set; }

    public required ILogger Log { get; set; }

    /// <summary>Gets the libraries, which applications share if they are the same.</summary>
    public LoadedLibraries Libraries { get; } = new()
    {
        OfTheHost = new IsolatedLoadContext("libraries of the host", typeof(IService).Assembly, [], [Installation.HostDirectory, Path.Combine(Installation.HostDirectory, Plugins)]),
    };

    /// <summary>Gets the permits for starts and reloads.</summary>
    public SemaphoreSlim Slots { get; } = new(Environment.ProcessorCount);

    /// <summary>Gets the source of the token that ends all waits and compilations.</summary>
    public CancellationTokenSource Stopping { get; } = new();

    /// <summary>Returns the directory that relative paths of an application are resolved against, or null for that of the process.</summary>
    public string? BaseDirectoryOf(string name) => Path.Combine(directory, name) is var own && System.IO.Directory.Exists(own) ? own : null;
}
