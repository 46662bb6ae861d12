using Microsoft.Extensions.Logging.Abstractions;
using TacHost.CommandLine;
using TacHost.Control.Server;
using TacHost.Loading;
using TacHost.Services;

namespace TacHost.Fleet;

/// <summary>The application of an emperor, which has no code of a user.</summary>
internal sealed class EmperorApplicationSource : IApplicationSource
{
    private readonly Emperor _emperor;
    private readonly IPlacement? _placement;

    public EmperorApplicationSource(HostRequest.Emperor request, UnitArguments arguments)
    {
        var fleet = request.Options.Command.Fleet;
        Origin = fleet.Directory;
        var cluster = request.Options.Command.Cluster;
        _placement = cluster.Node.Length == 0 ? null : Placements.Create(cluster, request.Deployments.StartTimeout + request.Deployments.Grace + HostRequest.EmperorMargin, fleet.RunDirectory);
        _emperor = new Emperor(new FleetContext(fleet, request.Deployments, arguments) { Log = NullLogger.Instance }, _placement);
        if (cluster.Node.Length > 0)
        {
            // The deployments inherit them, so that a tac file can listen on the address of its node, and ask it where others run.
            Environment.SetEnvironmentVariable("TACHOST_NODE", cluster.Node);
            Environment.SetEnvironmentVariable("TACHOST_NODE_ADDRESS", cluster.Host);
            Environment.SetEnvironmentVariable("TACHOST_NODE_RUN", fleet.RunDirectory);
        }

        Reloader = new FleetReloader(_emperor);
    }

    public string Origin { get; }

    public IReadOnlyList<string> Notices => [];

    public CodePrints Prints { get; } = new();

    public LoadPlace Place { get; } = LoadPlace.ForStart();

    public string Summary => _emperor.Summary;

    /// <summary>Gets what applies the directory after SIGHUP, and makes plans.</summary>
    public FleetReloader Reloader { get; }

    public void AddMethods(ControlMethods methods)
    {
        FleetMethods.Add(methods, _emperor);
        if (_placement is not null)
            ClusterMethods.Add(methods, _placement);
    }

    public Task<Application> BuildAsync(LoadPlace? place = null)
    {
        Application application = new("emperor");
        _emperor.SetName("fleet");
        _emperor.SetServiceParent(application);
        return Task.FromResult(application);
    }
}
