using Microsoft.Extensions.Logging.Abstractions;
using TacHost.CommandLine;
using TacHost.Control.Server;
using TacHost.Control.Wire;
using TacHost.Hosting;
using TacHost.Loading;
using TacHost.Services;

namespace TacHost.Fleet.Groups;

/// <summary>The application that keeps the applications of a group.</summary>
internal sealed class GroupApplicationSource : IApplicationSource
{
    /// <summary>The method of the control socket that executes a command for one application.</summary>
    public const string OperateMethod = "group-operate";

    private readonly Group _group;

    /// <param name="request">The request.</param>
    /// <param name="args">The command line.</param>
    public GroupApplicationSource(HostRequest.Group request, string[] args)
    {
        Origin = request.Directory;
        var pidFile = request.Options.PidFile ?? throw new TacHostException(ExitCode.Usage, "a group needs its pid file, beside which it keeps the states of its applications.");
        FleetOptions places = new()
        {
            Directory = request.Directory,
            Run = Path.ChangeExtension(pidFile, null),
            Logs = Path.ChangeExtension(request.Options.Log.File ?? pidFile, null),
        };
        _group = new Group(new GroupContext(request.Directory, places, UnitArguments.Of(args, places)) { Process = null!, Log = NullLogger.Instance });
        Reloader = new GroupReloader(_group);
    }

    public string Origin { get; }

    public IReadOnlyList<string> Notices => [];

    public CodePrints Prints { get; } = new();

    public LoadPlace Place { get; } = LoadPlace.ForStart();

    public string Summary => FleetSummary.Of(_group.Report());

    /// <summary>Gets what applies the directory.</summary>
    public GroupReloader Reloader { get; }

    /// <summary>Gets what ends the application that has thrown an exception, instead of the process.</summary>
    public Func<Exception, bool> Contain => _group.Contain;

    /// <summary>Sets the process, which is made after the source.</summary>
    public HostProcess In(HostProcess process) => _group.Context.Process = process;

    public void AddMethods(ControlMethods methods)
    {
        methods.Add("fleet", call => call.Answer(_group.Report(), ControlJson.Default.FleetReport));
        methods.Add(OperateMethod, async (call, _) => call.Answer(await _group.OperateAsync(call.RequiredText("verb"), call.RequiredText("name")), ControlJson.Default.UnitOutcome));
    }

    public Task<Application> BuildAsync(LoadPlace? place = null)
    {
        Application application = new("group");
        _group.SetName("applications");
        _group.SetServiceParent(application);
        return Task.FromResult(application);
    }
}
