using Microsoft.Extensions.Logging.Abstractions;
using TacHost.CommandLine;
using TacHost.Control.Server;
using TacHost.Loading;
using TacHost.Services;

namespace TacHost.Fleet;

/// <summary>The application of an emperor, which has no code of a user.</summary>
internal sealed class EmperorRecipe : IApplicationRecipe
{
    private readonly Emperor _emperor;

    public EmperorRecipe(HostRequest.Emperor request, UnitArguments arguments)
    {
        var fleet = request.Options.Command.Fleet;
        Source = fleet.Directory;
        _emperor = new Emperor(new FleetContext(fleet, request.Deployments, arguments) { Log = NullLogger.Instance });
        Reloader = new FleetReloader(_emperor);
    }

    public string Source { get; }

    public IReadOnlyList<string> Notices => [];

    public CodePrints Prints { get; } = new();

    public LoadPlace Place { get; } = LoadPlace.ForStart();

    public string Summary => _emperor.Summary;

    /// <summary>Gets what applies the directory after SIGHUP, and makes plans.</summary>
    public FleetReloader Reloader { get; }

    /// <summary>Adds the methods for the commands of the fleet.</summary>
    public void AddMethods(ControlMethods methods) => FleetMethods.Add(methods, _emperor);

    public Task<Application> BuildAsync(LoadPlace? place = null)
    {
        Application application = new("emperor");
        _emperor.SetName("fleet");
        _emperor.SetServiceParent(application);
        return Task.FromResult(application);
    }
}
